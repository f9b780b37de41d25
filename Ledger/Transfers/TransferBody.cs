using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// What a transfer says, and what both parties sign: 104 bytes, laid out in memory as on the wire (docs/PROTOCOL.md, section 3),
/// so that a frame's body is read in place.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct TransferBody
{
    /// <summary>Bytes of a body, everywhere.</summary>
    public const int SizeBytes = 104;

    /// <summary>The only version there is.</summary>
    public const byte CurrentVersion = 1;

    /// <summary>A body of the current version, with nothing else filled in.</summary>
    public TransferBody() => Version = CurrentVersion;

    public byte Version { get; init; }

    public TransferKind Kind { get; init; }

    /// <summary>Of a bundle the number of its items, of a bundle's item its index, else 0.</summary>
    public ushort ItemNumber { get; init; }

    public LedgerId Ledger { get; init; }

    /// <summary>Who pays; the owner of the hold where one is posted or released; the organization's account where tokens are issued.</summary>
    public AccountId Sender { get; init; }

    /// <summary>Who is paid; zero in a bundle, whose items name theirs.</summary>
    public AccountId Receiver { get; init; }

    /// <summary>The amount; of a bundle the sum of its items; of a release zero.</summary>
    public Amount Amount { get; init; }

    /// <summary>The sender's nonce, 1 or more; where a hold is posted or released the nonce of its reservation.</summary>
    public ulong Nonce { get; init; }

    /// <summary>Valid at a beat whose timestamp is not greater.</summary>
    public Timestamp Expiry { get; init; }

    public Reference Reference { get; init; }
}
