using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// How long a hold lasts, and who else may post or release it: the extension of a reserving transfer's body without the zeros at
/// its end, laid out in memory as on the wire (docs/PROTOCOL.md, section 3).
/// </summary>
/// <param name="Expiry">Released at the first beat whose timestamp is greater.</param>
/// <param name="Controller">Who may post and release it besides owner and receiver; zero: nobody.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct HoldTerms(Timestamp Expiry, AccountId Controller)
{
    /// <summary>Bytes of the terms, everywhere.</summary>
    public const int SizeBytes = 28;
}
