using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>The header of a branch's snapshot, docs/PROTOCOL.md section 11.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
internal struct BranchSnapshotHeader
{
    public const int SizeBytes = 128;

    public static readonly ulong TagValue = MemoryMarshal.Read<ulong>("LC1brsnp"u8);

    public ulong Tag;
    public LedgerId Ledger;
    public uint Branch;
    public BeatNumber SealedBeat;
    public Timestamp SealedAt;
    public BeatNumber CreditedBeat;
    public Hash256 BlockHash;
    public ulong IssuedTotal;
    public ulong Records;
    public ulong Owners;
    public BeatNumber LastCredits;
}
