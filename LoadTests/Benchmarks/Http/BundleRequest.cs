using System.Globalization;
using System.Text;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>One POST of signed frames, made beforehand, as it goes over the wire: the request's head and body in one piece.</summary>
internal sealed class BundleRequest
{
    private const int HeadRoomBytes = 160;

    private readonly byte[] _memory;
    private readonly List<int> _transfers = [];
    private int _start = HeadRoomBytes;
    private int _end = HeadRoomBytes;

    /// <param name="frames">frames that will be written</param>
    /// <param name="itemsPerFrame">items of each</param>
    /// <param name="acceptanceBytes">of each item</param>
    public BundleRequest(int frames, int itemsPerFrame, int acceptanceBytes) => _memory =
        GC.AllocateUninitializedArray<byte>(HeadRoomBytes + (frames * (FrameLayout.ItemsOffset + (itemsPerFrame * (FrameLayout.ItemBytes + acceptanceBytes)))));

    /// <summary>All of it, once it is finished.</summary>
    public ReadOnlyMemory<byte> Bytes => _memory.AsMemory(_start, _end - _start);

    public int BodyBytes => _end - HeadRoomBytes;

    public int Frames => _transfers.Count;

    public int Transfers { get; private set; }

    /// <summary>How many transfers a frame is.</summary>
    public int TransfersOf(int frame) => _transfers[frame];

    /// <summary>Where the next frame may be built.</summary>
    public Span<byte> Room => _memory.AsSpan(_end);

    /// <summary>Takes over the frame that was built in the room.</summary>
    public void Append(int bytes, int transfers)
    {
        _end += bytes;
        _transfers.Add(transfers);
        Transfers += transfers;
    }

    /// <summary>Writes the head before the body; nothing may be appended afterwards.</summary>
    public void Finish()
    {
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /v1/transfers/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: {BodyBytes}\r\n\r\n");
        _start = HeadRoomBytes - head.Length;
        Encoding.ASCII.GetBytes(head, _memory.AsSpan(_start));
    }
}
