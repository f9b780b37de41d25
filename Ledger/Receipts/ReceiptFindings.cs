using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Receipts;

/// <summary>What a valid receipt shows: who paid whom how much, and when.</summary>
public sealed record ReceiptFindings
{
    public required LedgerId Ledger { get; init; }

    /// <summary>The id of the transfer, or of the bundle's item.</summary>
    public required Hash256 TransferId { get; init; }

    /// <summary>What was done; of an item the kind of its bundle.</summary>
    public required TransferKind Kind { get; init; }

    /// <summary>Who paid, reserved or had reserved; the organization's account where tokens were issued.</summary>
    public required AccountId Sender { get; init; }

    public required AccountId Receiver { get; init; }

    /// <summary>What was paid, issued or reserved; zero of a release.</summary>
    public required Amount Amount { get; init; }

    public required Reference Reference { get; init; }

    /// <summary>The version of the ledger's state in which it took effect.</summary>
    public required TimeSequence TimeSequence { get; init; }

    public required BeatNumber Beat { get; init; }

    /// <summary>When it took effect, in committed time.</summary>
    public required Timestamp Timestamp { get; init; }

    public required WindowPosition Position { get; init; }

    /// <summary>The record of one party's account in that state, where the receipt shows it.</summary>
    public required AccountRecord? Account { get; init; }
}
