using System.Buffers;
using System.Threading.Channels;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>One connection to another node, after the greeting: frames go out, signs of life come back.</summary>
internal sealed class OutboundConnection : IDisposable
{
    /// <summary>Frames are put together up to this size before they are sent; longer ones go by themselves.</summary>
    private const int BatchBytes = 32 * 1024;
    private const int BackBufferBytes = 4 * 1024;
    private const int BackBodyBytesMax = 1024;

    private readonly RemotingCore _core;
    private readonly Peer _peer;
    private readonly Stream _stream;
    private readonly Lane _lane;
    private readonly ushort _version;
    private readonly LaneCounters _counters;
    private readonly NameTable _names;
    private readonly FrameBatch _batch;
    private readonly CancellationTokenSource _broken = new();
    private long _heardTicks;
    private long _sentTicks;
    private int _reason;
    private int _batchedMessages;

    public OutboundConnection(RemotingCore core, Peer peer, Stream stream, Lane lane, ushort version, LaneCounters counters)
    {
        _core = core;
        _peer = peer;
        _stream = stream;
        _lane = lane;
        _version = version;
        _counters = counters;
        _names = new NameTable(core.Options.NamesMax);
        _batch = new FrameBatch(2 * BatchBytes, lane, version, core.IsPlain);
        _heardTicks = _sentTicks = core.System.Clock.MonotonicTicks;
    }

    /// <summary>When something came back last.</summary>
    public long HeardTicks => Volatile.Read(ref _heardTicks);

    /// <summary>When something was sent last.</summary>
    public long SentTicks => Volatile.Read(ref _sentTicks);

    /// <summary>Ends the connection. The first reason counts.</summary>
    public void Break(HandshakeRefusal reason)
    {
        Interlocked.CompareExchange(ref _reason, (int)reason, 0);
        _broken.Cancel();
    }

    /// <summary>Sends until the connection ends, and says why it did.</summary>
    /// <param name="endReason">what the other side is told when <paramref name="end"/> is cancelled</param>
    public async Task<HandshakeRefusal> RunAsync(ChannelReader<Outgoing> queue, Func<HandshakeRefusal> endReason, CancellationToken end)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(end, _broken.Token);
        Task reading = ReadBackAsync(over.Token);
        try
        {
            await SendAllAsync(queue, over.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            // Why is known below.
        }

        if (end.IsCancellationRequested)
        {
            Break(endReason());
            await SayWhyAsync().ConfigureAwait(false);
        }

        Break(HandshakeRefusal.Broken);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
        return (HandshakeRefusal)_reason;
    }

    public void Dispose() => _stream.Dispose();

    private async Task SendAllAsync(ChannelReader<Outgoing> queue, CancellationToken over)
    {
        while (await queue.WaitToReadAsync(over).ConfigureAwait(false))
        {
            while (queue.TryRead(out Outgoing item))
            {
                _counters.NoteTaken(item.Bytes);
                if (item.Array is null)
                {
                    _batch.Append(FrameKind.Alive);
                }
                else
                {
                    await AppendAsync(item, over).ConfigureAwait(false);
                }

                if (_batch.Bytes >= BatchBytes)
                {
                    await FlushAsync(over).ConfigureAwait(false);
                }
            }

            await FlushAsync(over).ConfigureAwait(false);
        }
    }

    /// <summary>Puts a message into the batch; a long one is sent from where it is, behind what was in the batch.</summary>
    private ValueTask AppendAsync(in Outgoing item, CancellationToken over)
    {
        if (_names.IsFull)
        {
            _batch.Append(FrameKind.ForgetNames);
            _names.Forget();
        }

        ulong target = item.Target!.IsQuestion ? item.Target.Number : NumberOf(item.Target);
        ulong sender = item.Question != 0 ? item.Question | FrameHeader.QuestionBit : item.Sender is { } actor ? NumberOf(actor) : 0;
        byte[] array = item.Array!;
        FrameHeader header = new(item.Bytes - FrameHeader.Bytes, (byte)_version, _lane, FrameKind.Message, 0, item.Type, target, sender);
        header.Write(array);
        if (_core.IsPlain)
        {
            FrameChecksum.Seal(array.AsSpan(0, item.Bytes));
        }

        _batchedMessages++;
        _core.NoteSent(item.Type, item.Bytes);
        if (item.Bytes >= BatchBytes)
        {
            return SendLongAsync(array, item.Bytes, over);
        }

        _batch.Append(array.AsSpan(0, item.Bytes));
        ArrayPool<byte>.Shared.Return(array);
        return ValueTask.CompletedTask;
    }

    private async ValueTask SendLongAsync(byte[] array, int bytes, CancellationToken over)
    {
        if (_batch.Bytes > 0)
        {
            await _stream.WriteAsync(_batch.Memory, over).ConfigureAwait(false);
        }

        await _stream.WriteAsync(array.AsMemory(0, bytes), over).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(array);
        NoteSent(bytes);
    }

    private async ValueTask FlushAsync(CancellationToken over)
    {
        if (_batch.Bytes > 0)
        {
            await _stream.WriteAsync(_batch.Memory, over).ConfigureAwait(false);
            NoteSent(0);
        }
    }

    private void NoteSent(int besideBatch)
    {
        _counters.NoteMoved(_batchedMessages, _batch.Bytes + besideBatch);
        Volatile.Write(ref _sentTicks, _core.System.Clock.MonotonicTicks);
        _batchedMessages = 0;
        _batch.Clear();
    }

    /// <summary>The number of an actor on this connection; the frame that says so goes before, when it is new.</summary>
    private ulong NumberOf(IActorRef actor)
    {
        if (_names.TryGet(actor, out ulong number))
        {
            return number;
        }

        RemoteRef? remote = actor as RemoteRef;
        ActorHome home = remote is null ? ActorHome.Writer : remote.Node == _peer.Id ? ActorHome.Reader : ActorHome.Other;
        string path = remote is { IsQuestion: true } ? "" : RelativePath.Of(actor.Path);
        int start = _batch.BeginFrame();
        NameBody.Write(_batch, home, remote?.Node ?? default, path);
        _batch.EndFrame(start, FrameKind.Name, 0, number, remote?.Number ?? Delivery.NumberOf(actor));
        return number;
    }

    /// <summary>Tells the other side why, if it still takes it.</summary>
    private async Task SayWhyAsync()
    {
        _batch.Clear();
        _batch.Append(FrameKind.Close, (uint)_reason);
        await ConnectionFailure.WriteBrieflyAsync(_stream, _batch.Memory).ConfigureAwait(false);
    }

    private async Task ReadBackAsync(CancellationToken over)
    {
        using FrameReader reader = new(_stream, _lane, _version, BackBodyBytesMax, _core.IsPlain, BackBufferBytes);
        try
        {
            do
            {
                FrameRead read;
                while ((read = reader.TryRead(out FrameHeader header, out FrameFault fault)) != FrameRead.NeedMore)
                {
                    Volatile.Write(ref _heardTicks, _core.System.Clock.MonotonicTicks);
                    if (!TakeIn(read, header, fault))
                    {
                        return;
                    }
                }
            }
            while (await reader.FillAsync(over).ConfigureAwait(false));
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            // Said below.
        }

        Break(HandshakeRefusal.Broken);
    }

    private bool TakeIn(FrameRead read, in FrameHeader header, FrameFault fault)
    {
        if (read == FrameRead.Frame && header.Kind == FrameKind.Alive)
        {
            return true;
        }

        if (read == FrameRead.Frame && header.Kind == FrameKind.Close)
        {
            Break((HandshakeRefusal)header.Type);
            _core.NoteToldToEnd(_peer.Id, (HandshakeRefusal)header.Type);
            return false;
        }

        _core.NoteFault(read == FrameRead.Fault ? fault : FrameFault.UnknownKind);
        Break(HandshakeRefusal.Garbage);
        return false;
    }
}
