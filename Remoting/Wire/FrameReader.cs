using System.Buffers;

namespace LeitherCluster.Remoting.Wire;

/// <summary>What a reader found.</summary>
internal enum FrameRead
{
    /// <summary>No whole frame yet.</summary>
    NeedMore,

    Frame,

    /// <summary>Bytes that are no frame: nothing more is read.</summary>
    Fault,
}

/// <summary>
/// Cuts what comes over a connection into frames. Small ones lie in one buffer; the body of a large one is read straight into an array of its own. One
/// user at a time.
/// </summary>
internal sealed class FrameReader : IDisposable
{
    private readonly Stream _stream;
    private readonly Lane _lane;
    private readonly byte _version;
    private readonly int _bodyBytesMax;
    private readonly bool _checksums;
    private readonly byte[] _headerBytes = new byte[FrameHeader.Bytes];
    private byte[] _buffer;
    private int _start;
    private int _end;
    private byte[]? _large;
    private int _largeFilled;
    private FrameHeader _largeHeader;

    public FrameReader(Stream stream, Lane lane, ushort version, int bodyBytesMax, bool checksums, int bufferBytes)
    {
        _stream = stream;
        _lane = lane;
        _version = (byte)version;
        _bodyBytesMax = bodyBytesMax;
        _checksums = checksums;
        _buffer = ArrayPool<byte>.Shared.Rent(bufferBytes);
    }

    /// <summary>The body of the frame just read, until the next is asked for.</summary>
    public MessageBody Body { get; } = new();

    /// <summary>The next whole frame of what was read so far.</summary>
    public FrameRead TryRead(out FrameHeader header, out FrameFault fault)
    {
        Body.End();
        fault = FrameFault.None;
        if (_large is not null)
        {
            header = _largeHeader;
            return _largeFilled == header.BodyBytes ? EndLarge(out fault) : FrameRead.NeedMore;
        }

        header = default;
        if (_end - _start < FrameHeader.Bytes)
        {
            return FrameRead.NeedMore;
        }

        Span<byte> at = _buffer.AsSpan(_start, _end - _start);
        fault = FrameHeader.TryRead(at, _version, _lane, _bodyBytesMax, out header);
        if (fault != FrameFault.None)
        {
            return FrameRead.Fault;
        }

        if (at.Length - FrameHeader.Bytes >= header.BodyBytes)
        {
            Body.SetShared(_buffer, _start + FrameHeader.Bytes, header.BodyBytes);
            _start += FrameHeader.Bytes + header.BodyBytes;
            return Judge(header, at, out fault);
        }

        if (header.BodyBytes > _buffer.Length - FrameHeader.Bytes)
        {
            BeginLarge(header, at);
        }

        return FrameRead.NeedMore;
    }

    /// <summary>Waits for more bytes; false when the other side has ended. To be called when there was no whole frame.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_large is not null)
        {
            int got = await _stream.ReadAsync(_large.AsMemory(_largeFilled, _largeHeader.BodyBytes - _largeFilled), cancel).ConfigureAwait(false);
            _largeFilled += got;
            return got > 0;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        int read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancel).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    public void Dispose()
    {
        Body.End();
        if (_large is not null)
        {
            ArrayPool<byte>.Shared.Return(_large);
            _large = null;
        }

        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    private void BeginLarge(in FrameHeader header, ReadOnlySpan<byte> at)
    {
        at[..FrameHeader.Bytes].CopyTo(_headerBytes);
        _largeHeader = header;
        _large = ArrayPool<byte>.Shared.Rent(header.BodyBytes);
        _largeFilled = at.Length - FrameHeader.Bytes;
        at[FrameHeader.Bytes..].CopyTo(_large);
        _start = 0;
        _end = 0;
    }

    private FrameRead EndLarge(out FrameFault fault)
    {
        Body.SetOwn(_large!, _largeHeader.BodyBytes);
        _large = null;
        return Judge(_largeHeader, _headerBytes, out fault);
    }

    private FrameRead Judge(in FrameHeader header, ReadOnlySpan<byte> headerBytes, out FrameFault fault)
    {
        uint expected = _checksums ? FrameChecksum.Of(headerBytes, Body.Span) : 0;
        fault = header.Checksum == expected ? FrameFault.None : FrameFault.WrongChecksum;
        return fault == FrameFault.None ? FrameRead.Frame : FrameRead.Fault;
    }
}
