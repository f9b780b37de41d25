using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// What a pulse did to one branch, as it goes up the trunks and into the root's journal: 120 bytes, docs/PROTOCOL.md section 11.
/// </summary>
/// <param name="Branch">index of the branch</param>
/// <param name="Leaves">transfers it sealed, items of bundles one by one</param>
/// <param name="Issued">what the organization issued in it</param>
/// <param name="BlockHash">hash of its newest sealed block, this beat's or an earlier one's; zeros if it never sealed</param>
/// <param name="Digest">digest of its synopsis after the pulse</param>
/// <param name="Sum">sum of its synopsis after the pulse</param>
/// <param name="WindowsRoot">its part of the beat's windows tree; zeros if it sealed no transfer</param>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct BranchEntry(uint Branch, uint Leaves, ulong Issued, ulong Sum, Hash256 Digest, Hash256 BlockHash, Hash256 WindowsRoot)
{
    /// <summary>Bytes of an entry in the journal.</summary>
    public const int SizeBytes = 120;

    public Synopsis Synopsis => new(Digest, Sum);
}
