using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Hosting.Demo;

/// <summary>A ledger that leaves the first questions about pulses without an answer.</summary>
internal sealed class ReluctantGateway(ILedgerGateway ledger, int unanswered) : ILedgerGateway
{
    private int _asked;

    public LedgerParameters Parameters => ledger.Parameters;

    public Committee Committee => ledger.Committee;

    public LedgerStatus Status => ledger.Status;

    public bool TrySubmit(TransferBatch batch) => ledger.TrySubmit(batch);

    public Task<Outcome> RegisterAcceptanceAsync(PublicKey receiver, StandingAcceptance acceptance, CancellationToken cancel) =>
        ledger.RegisterAcceptanceAsync(receiver, acceptance, cancel);

    public Task<RegisteredAcceptance?> FindAcceptanceAsync(AccountId receiver, AccountId payer, Amount amount, CancellationToken cancel) =>
        ledger.FindAcceptanceAsync(receiver, payer, amount, cancel);

    public Task<AccountAnswer?> ReadAccountAsync(AccountId id, TimeSequence? asOf, CancellationToken cancel) => ledger.ReadAccountAsync(id, asOf, cancel);

    public Task<TransferPlace?> FindTransferAsync(Hash256 id, AccountId? sender, CancellationToken cancel) => ledger.FindTransferAsync(id, sender, cancel);

    public Task<Receipt?> MakeReceiptAsync(Hash256 id, AccountId? sender, AccountId party, CancellationToken cancel) => ledger.MakeReceiptAsync(id, sender, party, cancel);

    public Task<PulseAnswer?> ReadPulseAsync(TimeSequence? sequence, CancellationToken cancel) => ++_asked <= unanswered
        ? throw new LedgerUnavailableException("The ledger did not answer.")
        : ledger.ReadPulseAsync(sequence, cancel);

    public IAsyncEnumerable<PulseSummary> WatchPulsesAsync(CancellationToken cancel) => ledger.WatchPulsesAsync(cancel);
}
