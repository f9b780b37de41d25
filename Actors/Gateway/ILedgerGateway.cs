using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Gateway;

/// <summary>
/// What a front door (HTTP, the command line on a data folder, load tests) may ask of one ledger on this node. Every call may be
/// made from any thread; none blocks. A query that finds nothing answers null, and one that cannot be served now throws
/// <see cref="LedgerUnavailableException"/>.
/// </summary>
public interface ILedgerGateway
{
    LedgerParameters Parameters { get; }

    /// <summary>Those whose signatures make a root statement valid in the current term.</summary>
    Committee Committee { get; }

    /// <summary>What the node is doing now; cheap, never waits.</summary>
    LedgerStatus Status { get; }

    /// <summary>
    /// Hands a batch over. False when the ingress is full: nothing was taken, send again later. Otherwise the batch belongs to the
    /// ledger until <see cref="TransferBatch.WhenAnswered"/> completes, and every frame gets its answer.
    /// </summary>
    bool TrySubmit(TransferBatch batch);

    /// <summary>Lets the ingress attach this standing acceptance to transfers that come without one; durable when the task completes.</summary>
    Task<Outcome> RegisterAcceptanceAsync(PublicKey receiver, StandingAcceptance acceptance, CancellationToken cancel);

    /// <summary>The registered acceptance that covers this payer and amount now, or null.</summary>
    Task<RegisteredAcceptance?> FindAcceptanceAsync(AccountId receiver, AccountId payer, Amount amount, CancellationToken cancel);

    /// <summary>An account and its proof (of absence, too) as of a pulse; the newest when <paramref name="asOf"/> is null. Null when that pulse is not retained.</summary>
    Task<AccountAnswer?> ReadAccountAsync(AccountId id, TimeSequence? asOf, CancellationToken cancel);

    /// <summary>Where a transfer, an item of a bundle, or a bundle (its first item) was committed. Null when no searchable window holds the id.</summary>
    Task<TransferPlace?> FindTransferAsync(Hash256 id, AccountId? sender, CancellationToken cancel);

    /// <summary>The receipt of a committed transfer for one of its parties. Null when it is not known or its pulse is not retained.</summary>
    Task<Receipt?> MakeReceiptAsync(Hash256 id, AccountId? sender, AccountId party, CancellationToken cancel);

    /// <summary>The signed statement of a pulse; the newest when null. Null when it is not retained.</summary>
    Task<PulseAnswer?> ReadPulseAsync(TimeSequence? sequence, CancellationToken cancel);

    /// <summary>Pulses as they commit (beats that changed nothing too), from now on. A reader that falls 256 behind loses the oldest.</summary>
    IAsyncEnumerable<PulseSummary> WatchPulsesAsync(CancellationToken cancel);
}
