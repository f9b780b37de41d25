using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>The 32-byte extension of a reserving transfer's body: how long the hold lasts, and who else may post or release it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct HoldTerms(Timestamp Expiry, AccountId Controller)
{
    public const int SizeBytes = 32;
}
