using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors;

/// <summary>How a ledger's streams and blocks are numbered in the journal, docs/PROTOCOL.md section 11.</summary>
public static class LedgerStreams
{
    /// <summary>Stream of a branch; its index is the branch's.</summary>
    public const ushort BranchKind = 1;

    /// <summary>Stream of the root: one a ledger, index 0.</summary>
    public const ushort RootKind = 2;

    /// <summary>Standing acceptances that receivers registered with this node's ingress: index 0.</summary>
    public const ushort AcceptancesKind = 3;

    /// <summary>A branch's sealed window.</summary>
    public const byte SealedBlock = 1;

    /// <summary>The credits that a branch applied.</summary>
    public const byte CreditsBlock = 2;

    /// <summary>A pulse's statement, signatures and branch entries.</summary>
    public const byte PulseBlock = 3;

    /// <summary>A registered standing acceptance.</summary>
    public const byte AcceptanceBlock = 4;

    public static StreamId Branch(in LedgerId ledger, uint branch) => Stream(ledger, BranchKind, branch);

    public static StreamId Root(in LedgerId ledger) => Stream(ledger, RootKind, 0);

    public static StreamId Acceptances(in LedgerId ledger) => Stream(ledger, AcceptancesKind, 0);

    private static StreamId Stream(in LedgerId ledger, ushort kind, uint index)
    {
        Span<byte> scope = stackalloc byte[LedgerId.SizeBytes];
        ledger.CopyTo(scope);
        return new StreamId(scope, kind, index);
    }
}
