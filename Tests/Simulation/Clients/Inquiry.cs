using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <summary>A question that somebody asked through the door, and what is to be done with its answer.</summary>
internal abstract class Inquiry
{
    public abstract Task Task { get; }

    /// <summary>Whether the ledger must know the answer: it is up, nothing is the matter, and it still keeps what is asked for.</summary>
    public required bool IsCertain { get; init; }

    /// <summary>Who was asked.</summary>
    public required LedgerGateway? Door { get; init; }
}

/// <summary>An account as of a pulse, or as of the newest.</summary>
internal sealed class AccountInquiry(AccountId id, TimeSequence? asOf, Task<AccountAnswer?> answer) : Inquiry
{
    public AccountId Id { get; } = id;

    public TimeSequence? AsOf { get; } = asOf;

    public Task<AccountAnswer?> Answer { get; } = answer;

    public override Task Task => Answer;
}

/// <summary>The receipt of a transfer, or of a bundle's item.</summary>
internal sealed class ReceiptInquiry(Hash256 leaf, AccountId party, Task<Receipt?> answer) : Inquiry
{
    public Hash256 Leaf { get; } = leaf;

    public AccountId Party { get; } = party;

    public Task<Receipt?> Answer { get; } = answer;

    public override Task Task => Answer;
}

/// <summary>A standing acceptance is to be kept.</summary>
internal sealed class AcceptanceRegistration(RegisteredAcceptance acceptance, Task<Outcome> answer) : Inquiry
{
    public RegisteredAcceptance Acceptance { get; } = acceptance;

    public Task<Outcome> Answer { get; } = answer;

    public override Task Task => Answer;
}

/// <summary>A standing acceptance that was registered is asked for.</summary>
internal sealed class AcceptanceInquiry(AccountId receiver, AccountId payer, Task<RegisteredAcceptance?> answer) : Inquiry
{
    public AccountId Receiver { get; } = receiver;

    public AccountId Payer { get; } = payer;

    public Task<RegisteredAcceptance?> Answer { get; } = answer;

    public override Task Task => Answer;
}
