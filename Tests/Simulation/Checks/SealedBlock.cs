using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>A branch's sealed window as it lies in the journal.</summary>
internal sealed class SealedBlock
{
    private readonly byte[] _bytes;

    public SealedBlock(DurableBlock block)
    {
        _bytes = block.Body;
        Disturbances = block.Disturbances;
        if (!WindowBlock.TryRead(_bytes, out WindowBlock header))
        {
            throw new ViolationException(Rule.SealedIsCommitted, $"{block.Key} is no sealed window");
        }

        Header = header;
    }

    public WindowBlock Header { get; }

    public uint Branch => Header.Branch;

    public int Disturbances { get; }

    public IEnumerable<ReadOnlyMemory<byte>> Frames()
    {
        int at = WindowBlock.SizeBytes;
        int end = _bytes.Length - WindowBlock.CertificateBytes;
        while (at < end)
        {
            int length = MemoryMarshal.Read<int>(_bytes.AsSpan(at));
            yield return _bytes.AsMemory(at, length);
            at += length;
        }
    }
}
