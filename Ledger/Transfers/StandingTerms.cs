using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// What a standing acceptance promises: the 80 bytes that its receiver signs, laid out in memory as on the wire
/// (docs/PROTOCOL.md, section 3).
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct StandingTerms
{
    /// <summary>Bytes of the terms, everywhere.</summary>
    public const int SizeBytes = 80;

    /// <summary>The only version there is, with the three reserved bytes behind it.</summary>
    public const uint CurrentVersion = 1;

    /// <summary>Terms of the current version, with nothing else filled in.</summary>
    public StandingTerms() => Version = CurrentVersion;

    /// <summary>The version byte and three zeros.</summary>
    public uint Version { get; init; }

    public LedgerId Ledger { get; init; }

    public AccountId Receiver { get; init; }

    /// <summary>The only account that may pay; zero: anyone.</summary>
    public AccountId Payer { get; init; }

    /// <summary>The most that one transfer, or one item of a bundle, may bring.</summary>
    public Amount LargestAmount { get; init; }

    /// <summary>Good at a beat whose timestamp is not greater.</summary>
    public Timestamp Expiry { get; init; }

    /// <summary>Whether a transfer with these facts is covered, its time apart (which is judged at the seal).</summary>
    public bool Covers(in LedgerId ledger, in AccountId payer, in AccountId receiver, Amount amount) =>
        Ledger.OrganizationAccount == ledger.OrganizationAccount
        && Receiver == receiver
        && (Payer.IsZero || Payer == payer)
        && amount <= LargestAmount;
}
