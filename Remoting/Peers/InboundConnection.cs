using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Remoting.Peers;

/// <summary>
/// One connection that another node opened, after the greeting: frames come in and are delivered in their order, signs of life go back. While a mailbox is full
/// nothing is read, so that the other node's queue fills and its senders are pushed back.
/// </summary>
internal sealed partial class InboundConnection : IDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly RemotingCore _core;
    private readonly Peer _peer;
    private readonly Stream _stream;
    private readonly FrameReader _reader;
    private readonly LaneOptions _limits;
    private readonly LaneCounters _counters;
    private readonly InboundNames _names;
    private readonly ushort _version;
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _aliveFrame;
    private int _reason;
    private long _heardTicks;
    private long _sentTicks;
    private volatile bool _isReading;

    public InboundConnection(RemotingCore core, Peer peer, Stream stream, Lane lane, ushort version)
    {
        _core = core;
        _peer = peer;
        _stream = stream;
        Lane = lane;
        _version = version;
        _limits = core.Options.Of(lane);
        _counters = peer.InCounters(lane);
        _names = new InboundNames(core, peer);
        _reader = new FrameReader(stream, lane, version, _limits.FrameBytesMax, core.IsPlain, BufferBytes);
        _aliveFrame = SmallFrame(FrameKind.Alive, 0);
        _heardTicks = _sentTicks = core.System.Clock.MonotonicTicks;
    }

    public Lane Lane { get; }

    public Stream Stream => _stream;

    /// <summary>The protocol's version on it.</summary>
    public ushort Version => _version;

    /// <summary>Completes when nothing of it is delivered any more.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Ends the connection. The first reason counts, and is told to the other side.</summary>
    public void Close(HandshakeRefusal reason)
    {
        Interlocked.CompareExchange(ref _reason, (int)reason, 0);
        _over.Cancel();
    }

    /// <summary>Reads and delivers until the connection ends, and says why it did.</summary>
    /// <param name="gone">cancelled when the transport has lost the connection</param>
    public async Task<HandshakeRefusal> RunAsync(CancellationToken gone)
    {
        using CancellationTokenRegistration lost = gone.UnsafeRegister(static self => ((InboundConnection)self!).Close(HandshakeRefusal.Broken), this);
        try
        {
            if (Volatile.Read(ref _reason) == 0)
            {
                _counters.NoteConnected();
                await ReadAllAsync(_over.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            // Why is known below.
        }
        finally
        {
            Close(HandshakeRefusal.Broken);
            _counters.IsConnected = false;
            NoteEnded();
        }

        HandshakeRefusal reason = (HandshakeRefusal)_reason;
        if (reason != HandshakeRefusal.Broken)
        {
            await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            await ConnectionFailure.WriteBrieflyAsync(_stream, SmallFrame(FrameKind.Close, (uint)reason)).ConfigureAwait(false);
        }

        return reason;
    }

    /// <summary>Nothing of it is delivered from now on, whether it ever ran or not.</summary>
    public void NoteEnded() => _ended.TrySetResult();

    /// <summary>Says on an idle control lane that this node lives. True: the other was silent for too long, and the connection is closed.</summary>
    public bool Tick(long nowTicks)
    {
        if (_isReading && nowTicks - Volatile.Read(ref _heardTicks) > _core.Options.SilenceMax.Ticks)
        {
            Close(HandshakeRefusal.Silent);
            return true;
        }

        if (nowTicks - _sentTicks >= _core.Options.AliveInterval.Ticks && _writing.Wait(0, CancellationToken.None))
        {
            _sentTicks = nowTicks;
            _ = SayAliveAsync();
        }

        return false;
    }

    /// <summary>Gives the buffers back, when <see cref="RunAsync"/> is over.</summary>
    public void Dispose() => _reader.Dispose();

    private async Task SayAliveAsync()
    {
        try
        {
            await _stream.WriteAsync(_aliveFrame, _over.Token).ConfigureAwait(false);
            await _stream.FlushAsync(_over.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            // Reading finds out.
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAllAsync(CancellationToken over)
    {
        do
        {
            _isReading = false;
            int messages = 0;
            long bytes = 0;
            FrameFault fault;
            while (_reader.TryRead(out FrameHeader header, out fault) == FrameRead.Frame)
            {
                bytes += FrameHeader.Bytes + header.BodyBytes;
                if (header.Kind == FrameKind.Message)
                {
                    messages++;
                    fault = Deliver(header, out Undelivered waiting);
                    if (waiting.Message is not null)
                    {
                        await WaitForRoomAsync(waiting, over).ConfigureAwait(false);
                    }
                }
                else if (!TakeIn(header, ref fault))
                {
                    return;
                }

                if (fault != FrameFault.None)
                {
                    break;
                }
            }

            _counters.NoteMoved(messages, bytes);
            if (fault != FrameFault.None)
            {
                _core.NoteFault(fault);
                Close(HandshakeRefusal.Garbage);
                return;
            }

            Volatile.Write(ref _heardTicks, _core.System.Clock.MonotonicTicks);
            _isReading = true;
        }
        while (await _reader.FillAsync(over).ConfigureAwait(false));
    }

    /// <summary>A frame that is no message. False: the other side ends the connection.</summary>
    private bool TakeIn(in FrameHeader header, ref FrameFault fault)
    {
        switch (header.Kind)
        {
            case FrameKind.Name when !_names.TryDefine(header, _reader.Body.Span):
                fault = FrameFault.WrongName;
                break;
            case FrameKind.ForgetNames:
                _names.Forget();
                break;
            case FrameKind.Close:
                Interlocked.CompareExchange(ref _reason, (int)header.Type, 0);
                return false;
        }

        return true;
    }

    private byte[] SmallFrame(FrameKind kind, uint type)
    {
        FrameBatch batch = new(FrameHeader.Bytes, Lane, _version, _core.IsPlain);
        batch.Append(kind, type);
        return batch.Memory.ToArray();
    }
}
