using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Gateway;

/// <summary>The door to a ledger on an actor system: turns calls from any thread into messages, and answers into tasks.</summary>
public sealed partial class LedgerGateway : ILedgerGateway
{
    /// <summary>How long a question may take: the journal of a retained pulse is read well within.</summary>
    public static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);

    private const int PulsesBehindMax = 256;

    private readonly IActorSystem _system;
    private readonly LedgerBoard _board;
    private uint _nextIngress;

    internal LedgerGateway(IActorSystem system, LedgerOptions options, LedgerBoard board)
    {
        _system = system;
        _board = board;
        Parameters = options.Parameters;
        Committee = options.Committee;
    }

    public LedgerParameters Parameters { get; }

    public Committee Committee { get; }

    public LedgerStatus Status
    {
        get
        {
            LedgerCounters counters = _board.Counters;
            Runtime.Journaling.JournalUsage usage = _system.Journal.Usage;
            return new LedgerStatus(
                _board.State,
                _board.Reason,
                _board.LastPulse,
                counters.Accounts,
                counters.Committed,
                counters.Pending,
                counters.Refused,
                counters.BeatsSkipped,
                usage.Bytes,
                usage.Snapshots)
            {
                SignaturesVerified = counters.SignaturesVerified,
                VerifyingRounds = counters.VerifyingRounds,
                SignatureWorkWasted = counters.SignatureWorkWasted,
                HeldOff = counters.HeldOff,
            };
        }
    }

    public bool TrySubmit(TransferBatch batch)
    {
        if (_board.State != LedgerState.Running || _board.Actors is not { } actors)
        {
            return false;
        }

        uint turn = Interlocked.Increment(ref _nextIngress);
        for (uint i = 0; i < (uint)actors.Ingresses.Count; i++)
        {
            if (actors.Ingresses[(int)((turn + i) % (uint)actors.Ingresses.Count)].TrySubmit(batch))
            {
                return true;
            }
        }

        return false;
    }

    public async Task<Outcome> RegisterAcceptanceAsync(PublicKey receiver, StandingAcceptance acceptance, CancellationToken cancel)
    {
        StandingTerms terms = acceptance.Terms;
        if (terms.Ledger != Parameters.Ledger)
        {
            return Outcome.WrongLedger;
        }

        if (AccountIds.Of(receiver) != terms.Receiver || !acceptance.IsSignedBy(receiver))
        {
            return Outcome.BadSignature;
        }

        var registered = await Ask<AcceptanceRegistered>(Actors.Acceptances, new RegisterAcceptance(receiver, acceptance), cancel).ConfigureAwait(false);
        return registered.Outcome;
    }

    public async Task<RegisteredAcceptance?> FindAcceptanceAsync(AccountId receiver, AccountId payer, Amount amount, CancellationToken cancel) =>
        (await Ask<AcceptanceFound>(Actors.Acceptances, new FindAcceptance(receiver, payer, amount), cancel).ConfigureAwait(false)).Acceptance;

    public async Task<TransferPlace?> FindTransferAsync(Hash256 id, AccountId? sender, CancellationToken cancel)
    {
        if (await FindLeafAsync(id, sender, cancel).ConfigureAwait(false) is { } place)
        {
            return place;
        }

        TransferPlace? item = await FindLeafAsync(TransferIds.ComputeItem(id, 0), sender, cancel).ConfigureAwait(false);
        return item is null ? null : item with { Id = id };
    }

    public async Task<PulseAnswer?> ReadPulseAsync(TimeSequence? sequence, CancellationToken cancel)
    {
        PulseBlock? pulse = (await Ask<PulseRead>(Actors.Chief, new ReadPulse(sequence), cancel).ConfigureAwait(false)).Pulse;
        return pulse is null ? null : new PulseAnswer(pulse.Statement, (int)pulse.Entries.Sum(entry => entry.Leaves), pulse.Entries.Count);
    }

    public async IAsyncEnumerable<PulseSummary> WatchPulsesAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var pulses = Channel.CreateBounded<PulseSummary>(new BoundedChannelOptions(PulsesBehindMax) { FullMode = BoundedChannelFullMode.DropOldest });
        using IDisposable subscription = _system.EventStream.Subscribe<PulseSummary>(pulse => pulses.Writer.TryWrite(pulse));
        await foreach (PulseSummary pulse in pulses.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            yield return pulse;
        }
    }

    // Windows hold single transfers and the items of bundles.
    private async Task<TransferPlace?> FindLeafAsync(Hash256 id, AccountId? sender, CancellationToken cancel)
    {
        uint? branch = sender?.Prefix(Parameters.Bands.DepthBits);
        return (await Ask<PlaceFound>(Actors.Places, new FindPlace(id, branch), cancel).ConfigureAwait(false)).Place;
    }

    private LedgerActors Actors => _board.Actors ?? throw new LedgerUnavailableException($"The ledger is {_board.State}. {_board.Reason}");

    private static async Task<T> Ask<T>(IActorRef actor, object question, CancellationToken cancel)
    {
        try
        {
            return await actor.Ask<T>(question, AskTimeout).WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AskTimeoutException or AskFailedException)
        {
            throw new LedgerUnavailableException($"The ledger did not answer: {failure.Message}");
        }
    }
}
