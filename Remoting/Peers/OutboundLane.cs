using System.Buffers;
using System.Threading.Channels;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>
/// One lane to another node: a bounded queue, and a task that connects when there is something to send, sends, and connects again.
/// </summary>
/// <remarks>
/// <code>
/// Open ── an attempt failed, the connection broke ──► Pausing ── time over, nudged ──► Open
///   └──────────────────────── End ──────────────────────┴──► Over
/// </code>
/// In Open messages are taken, whether there is a connection yet or not; at the step to Pausing all that waits is dropped, so that nothing arrives late.
/// </remarks>
internal sealed class OutboundLane
{
    [ThreadStatic]
    private static FrameBuffer? t_buffer;

    private readonly RemotingCore _core;
    private readonly Peer _peer;
    private readonly Lane _lane;
    private readonly LaneOptions _limits;
    private readonly Channel<Outgoing> _queue = Channel.CreateUnbounded<Outgoing>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _nudge = new(0, 1);
    private readonly CancellationTokenSource _end = new();
    private volatile LaneState _state = LaneState.Open;
    private volatile OutboundConnection? _connection;
    private volatile HandshakeRefusal _endReason;

    public OutboundLane(RemotingCore core, Peer peer, Lane lane)
    {
        _core = core;
        _peer = peer;
        _lane = lane;
        _limits = core.Options.Of(lane);
        Ended = Task.Run(RunAsync);
    }

    private enum LaneState
    {
        Open,
        Pausing,
        Over,
    }

    public Task Ended { get; }

    public LaneCounters Counters { get; } = new();

    /// <summary>Writes a message down, on the caller's thread. From any thread.</summary>
    public PostOutcome Post(RemoteRef target, object message, IActorRef? sender)
    {
        if (_state != LaneState.Open)
        {
            return PostOutcome.Unreachable;
        }

        if (Counters.QueuedMessages >= _limits.QueueMessagesMax || Counters.QueuedBytes >= _limits.QueueBytesMax)
        {
            Counters.NotePushedBack();
            return PostOutcome.Full;
        }

        IMessageCodec codec = _core.Codecs.For(message.GetType());
        byte[] frame = Write(codec, message, out int bytes);
        if (!Counters.TryQueue(bytes, _limits))
        {
            ArrayPool<byte>.Shared.Return(frame);
            Counters.NotePushedBack();
            return PostOutcome.Full;
        }

        if (_queue.Writer.TryWrite(new Outgoing(frame, bytes, codec.Number, target, Answerable(sender, out ulong question), question)))
        {
            return PostOutcome.Taken;
        }

        Counters.NoteTaken(bytes);
        ArrayPool<byte>.Shared.Return(frame);
        return PostOutcome.Unreachable;
    }

    /// <summary>Has the lane connect, if it is not connected, without a message.</summary>
    public void Open()
    {
        if (_connection is null && _state == LaneState.Open && Counters.QueuedMessages == 0 && Counters.TryQueue(0, _limits))
        {
            _queue.Writer.TryWrite(default);
        }
    }

    /// <summary>Ends a pause.</summary>
    public void Nudge()
    {
        lock (_nudge)
        {
            if (_nudge.CurrentCount == 0)
            {
                _nudge.Release();
            }
        }
    }

    /// <summary>Says on an idle connection that this node lives. True: the other was silent for too long, and the connection is closed.</summary>
    public bool Tick(long nowTicks)
    {
        if (_connection is not { } connection)
        {
            return false;
        }

        if (nowTicks - connection.HeardTicks > _core.Options.SilenceMax.Ticks)
        {
            connection.Break(HandshakeRefusal.Silent);
            return true;
        }

        if (nowTicks - connection.SentTicks >= _core.Options.AliveInterval.Ticks && Counters.QueuedMessages == 0 && Counters.TryQueue(0, _limits))
        {
            _queue.Writer.TryWrite(default);
        }

        return false;
    }

    /// <summary>Closes the connection if there is one.</summary>
    public void Break(HandshakeRefusal reason) => _connection?.Break(reason);

    public void End(HandshakeRefusal reason)
    {
        _endReason = reason;
        _state = LaneState.Over;
        _queue.Writer.TryComplete();
        _end.Cancel();
    }

    private byte[] Write(IMessageCodec codec, object message, out int bytes)
    {
        FrameBuffer buffer = t_buffer ??= new FrameBuffer();
        buffer.Begin(_limits.FrameBytesMax);
        try
        {
            codec.Write(message, buffer);
            return buffer.Take(out bytes);
        }
        finally
        {
            buffer.Drop();
        }
    }

    /// <summary>A sender that can be found again: itself, or the number of its question. Nobody needs no answer.</summary>
    private IActorRef? Answerable(IActorRef? sender, out ulong question)
    {
        question = 0;
        if (sender is null || ReferenceEquals(sender, ActorRefs.Nobody) || ReferenceEquals(sender, _core.System.DeadLetters))
        {
            return null;
        }

        if (sender is RemoteRef || Delivery.NumberOf(sender) != 0)
        {
            return sender;
        }

        question = _core.Questions.Add(sender);
        return null;
    }

    private async Task RunAsync()
    {
        int failures = 0;
        try
        {
            while (await _queue.Reader.WaitToReadAsync(_end.Token).ConfigureAwait(false))
            {
                bool worked = await ConnectAndSendAsync().ConfigureAwait(false);
                failures = worked ? 0 : failures + 1;
                if (_state == LaneState.Open)
                {
                    _state = LaneState.Pausing;
                }

                DropAll();
                await _nudge.WaitAsync(Pause(failures), _end.Token).ConfigureAwait(false);
                if (_state == LaneState.Pausing)
                {
                    _state = LaneState.Open;
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The lane is over.
        }
        catch (Exception e)
        {
            // A bug: nothing is sent any more, and whoever tells hears so.
            End(HandshakeRefusal.Broken);
            _core.System.EventStream.Publish(new LogEntry(ActorLogLevel.Error, _core.Root, $"The {_lane} lane to {_peer.Id} failed", e, _core.System.Clock.UtcNowMs));
        }
        finally
        {
            DropAll();
        }
    }

    /// <summary>One connection from its making to its end. False: there was none.</summary>
    private async Task<bool> ConnectAndSendAsync()
    {
        if (_peer.Address is not { } address)
        {
            return false;
        }

        DialResult dialed = await Dialer.DialAsync(_core, _peer.Id, address, _lane, _end.Token).ConfigureAwait(false);
        if (dialed.Stream is null)
        {
            NoteRefused(address, dialed);
            _peer.NoteNotReached(_lane);
            return false;
        }

        _peer.LearnVersion(dialed.ProgramVersion);
        using OutboundConnection connection = new(_core, _peer, dialed.Stream, _lane, dialed.Version, Counters);
        _connection = connection;
        Counters.NoteConnected();
        _core.System.EventStream.Publish(new PeerConnected(_peer.Id, _lane, LaneDirection.Outbound, dialed.ProgramVersion));
        HandshakeRefusal reason = await connection.RunAsync(_queue.Reader, () => _endReason, _end.Token).ConfigureAwait(false);
        _connection = null;
        Counters.IsConnected = false;
        _core.System.EventStream.Publish(new PeerDisconnected(_peer.Id, _lane, LaneDirection.Outbound, reason));
        return true;
    }

    private void NoteRefused(string address, in DialResult dialed)
    {
        if (dialed.ByOther)
        {
            _core.NoteRefusedThere(_peer.Id, address, dialed.Refusal, dialed.Advice);
        }
        else if (!_end.IsCancellationRequested)
        {
            _core.NoteRefusedHere(_peer.Id, address, dialed.Refusal);
        }
    }

    private TimeSpan Pause(int failures)
    {
        RemotingOptions options = _core.Options;
        double longest = Math.Min(options.ReconnectMin.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 20)), options.ReconnectMax.TotalMilliseconds);
        return TimeSpan.FromMilliseconds((longest / 2) + _core.System.Chance.Next((ulong)(longest / 2) + 1));
    }

    private void DropAll()
    {
        while (_queue.Reader.TryRead(out Outgoing item))
        {
            Counters.NoteTaken(item.Bytes);
            if (item.Array is not null)
            {
                Counters.NoteDropped();
                ArrayPool<byte>.Shared.Return(item.Array);
            }
        }
    }
}
