using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// A part of an account's balance that is kept for somebody: 64 bytes, laid out in memory as they are hashed and stored (docs/PROTOCOL.md,
/// section 2).
/// </summary>
/// <param name="Nonce">The nonce of the transfer that made it: its name within the account.</param>
/// <param name="Amount">What is still held, 1 or more.</param>
/// <param name="Expiry">Released at the first beat whose timestamp is greater.</param>
/// <param name="Receiver">Who is paid when it is posted.</param>
/// <param name="Controller">Who else may post and release it; zero: nobody.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct Hold(ulong Nonce, Amount Amount, Timestamp Expiry, AccountId Receiver, AccountId Controller)
{
    /// <summary>Bytes of a hold, everywhere.</summary>
    public const int SizeBytes = 64;
}
