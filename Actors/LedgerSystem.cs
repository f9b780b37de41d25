using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors;

/// <summary>One ledger running on an actor system, and the door to it.</summary>
public sealed class LedgerSystem : IDisposable
{
    private readonly IDisposable[] _subscriptions;

    private LedgerSystem(IActorRef guardian, LedgerGateway gateway, IDisposable[] subscriptions)
    {
        Guardian = guardian;
        Gateway = gateway;
        _subscriptions = subscriptions;
    }

    /// <summary>The actor above all of the ledger's.</summary>
    public IActorRef Guardian { get; }

    public LedgerGateway Gateway { get; }

    /// <summary>
    /// Starts a ledger that lives on this node alone: it recovers from the system's journal, finishes what was open, and goes on.
    /// <see cref="LedgerGateway.Status"/> tells when.
    /// </summary>
    /// <param name="system">has a journal</param>
    /// <param name="options">which ledger, and its bounds</param>
    /// <param name="epoch">the epoch under which this node writes, higher than any before</param>
    public static LedgerSystem Start(IActorSystem system, LedgerOptions options, uint epoch)
    {
        var self = new NodeId(options.Node, epoch);
        var guardian = new LedgerGuardianOptions
        {
            Ledger = options,
            Board = new LedgerBoard(),
            Self = self,
            Alone = LedgerLayout.Alone(self, options.Parameters, epoch, system.Journal.IsSpread),
        };
        return Start(system, guardian);
    }

    /// <summary>
    /// Starts this node's part of a ledger that lives on many: it follows the newest layout. What is needed of the ledger elsewhere is asked there.
    /// </summary>
    /// <param name="system">has a journal in the database that holds the layout; its root path bears the node's name</param>
    /// <param name="options">which ledger, and its bounds</param>
    /// <param name="seat">the node's place in the cluster</param>
    public static LedgerSystem Join(IActorSystem system, LedgerOptions options, ClusterSeat seat) =>
        Start(system, new LedgerGuardianOptions { Ledger = options, Board = new LedgerBoard { Members = seat.Members }, Self = seat.Node, Seat = seat });

    private static LedgerSystem Start(IActorSystem system, LedgerGuardianOptions options)
    {
        LedgerBoard board = options.Board;
        string name = $"ledger-{options.Ledger.Parameters.Ledger.ToString()[..8]}";
        IDisposable[] subscriptions =
        [
            system.EventStream.Subscribe<PulseSummary>(pulse => board.SetPulse(pulse)),
            system.EventStream.Subscribe<PulseHeld>(held => board.SetState(LedgerState.Holding, held.Reason)),
            system.EventStream.Subscribe<BeatSkipped>(skipped => board.Counters.SetSkipped(skipped.SkippedCount)),
            system.EventStream.Subscribe<ActorFailed>(failed => NoteFailure(board, name, failed)),
            system.EventStream.Subscribe<MembershipChanged>(changed => board.Members = changed.Table),
        ];
        Props props = Props.Create(() => new LedgerGuardian(options)) with { Supervision = Supervision };
        IActorRef guardian = system.Spawn(props, name);
        var gateway = new LedgerGateway(system, options.Ledger, board);
        system.CoordinatedShutdown.AddTask(CoordinatedShutdown.StopAccepting, "ledger", () =>
        {
            board.SetState(LedgerState.Stopping, "");
            return Task.CompletedTask;
        });
        system.CoordinatedShutdown.AddTask(CoordinatedShutdown.Drain, "ledger", () => DrainAsync(gateway));
        return new LedgerSystem(guardian, gateway, subscriptions);
    }

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    /// <summary>Waits until what was accepted is committed: a beat or two. The phase's limit bounds it.</summary>
    private static async Task DrainAsync(LedgerGateway gateway)
    {
        using var stop = new CancellationTokenSource();
        IAsyncEnumerable<PulseSummary> pulses = gateway.WatchPulsesAsync(stop.Token);
        if (gateway.Status.TransfersPending == 0 || gateway.Status.LastPulse is null || gateway.Status.State == LedgerState.Failed)
        {
            return;
        }

        await foreach (PulseSummary _ in pulses.ConfigureAwait(false))
        {
            if (gateway.Status.TransfersPending == 0)
            {
                return;
            }
        }
    }

    private static SupervisorStrategy Supervision => SupervisorStrategy.Default with
    {
        RestartsMax = 5,
        WhenExhausted = SupervisorDirective.Stop,
        Decide = failure => IsEvidence(failure) ? SupervisorDirective.Stop : SupervisorDirective.Restart,
    };

    /// <summary>A failure that a restart would only repeat: what is stored, or what was signed, is wrong.</summary>
    private static bool IsEvidence(Exception failure) =>
        failure is PulseRefusedException or JournalCorruptException or JournalFailedException or InvariantBrokenException;

    // Whatever stopped the guardian, as when its restarts were used up, has stopped the ledger.
    private static void NoteFailure(LedgerBoard board, string guardian, ActorFailed failed)
    {
        if (failed.Directive == SupervisorDirective.Stop && (failed.Actor.Path.Name == guardian || IsEvidence(failed.Exception)))
        {
            board.SetState(LedgerState.Failed, failed.Exception.Message);
        }
    }
}
