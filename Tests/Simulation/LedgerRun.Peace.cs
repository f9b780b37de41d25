using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation;

/// <content>After the faults: the ledger goes on, and answers for all that was.</content>
internal sealed partial class LedgerRun
{
    private const int ProbeBeatsMax = 4;
    private const int RoundsMax = 20;
    private const int ReceiptsAsked = 4;

    /// <summary>An empty window may keep its buffer.</summary>
    private const int WindowBufferBytes = 32 << 10;

    private static readonly TimeSpan SettlingMax = TimeSpan.FromSeconds(60);

    private void RunInPeace()
    {
        _isPeaceful = true;
        _faults.Heal(Witness.AnnouncedAt.UnixMs);
        Settle();
        CommitProbe();
        Until(() => _ledger.Traffic.Asking == 0, "open questions are answered");
        ReadBack();
        Witness.Disturbances++;
        Node.Crash(CrashKind.PowerLoss, TimeSpan.FromMilliseconds(1));
        Settle();
        ReadBack();
        CommitProbe();
    }

    /// <summary>The ledger tells again what was committed, and has nothing in its hands that it does not need.</summary>
    private void ReadBack()
    {
        Cluster.RunFor(2 * _scenario.Cycle);
        Traffic traffic = _ledger.Traffic;
        traffic.AskAllAccounts(null, certain: true);
        ulong newest = (ulong)Witness.Pulses;
        ulong oldest = newest - Math.Min(newest - 1, _scenario.PulsesRetained - 1);
        traffic.AskAllAccounts(new TimeSequence((ulong)_chance.Between((long)oldest, (long)newest)), certain: true);
        traffic.AskReceipts(ReceiptsAsked, certain: true);
        traffic.AskAcceptances();
        Until(() => traffic.Asking == 0, "questions are answered");
        long rented = Node.Buffers.BytesRented;
        Witness.Require(rented <= _scenario.BranchCount * WindowBufferBytes, Rule.BuffersComeBack, $"an idle ledger holds {rented} bytes of journal buffers");
    }

    /// <summary>Everything that was sent is sent until it has an answer; small windows take a few at a time.</summary>
    private void Settle()
    {
        int fewest = int.MaxValue;
        for (int round = 0; round < RoundsMax; round++)
        {
            Until(() => _ledger.IsRunning && _ledger.Traffic.Underway == 0, "everybody is answered");
            int unanswered = _ledger.Traffic.SendUnanswered();
            if (unanswered == 0)
            {
                return;
            }

            round = unanswered < fewest ? 0 : round;
            fewest = Math.Min(unanswered, fewest);
            // A ledger that does not take them now does so some beats later.
            Cluster.RunFor(_scenario.Cycle);
        }

        Witness.Violate(Rule.EverybodyIsAnswered, $"{fewest} transfers have no answer however often they are sent");
    }

    private void CommitProbe()
    {
        // The clock may have jumped by hours since the last beat. What is signed for the time before it can be too old already; and who signs for the time
        // of the first beat after it, in the moment in which that is announced, can be ahead of an ingress that is not told yet: so two beats.
        long beats = Witness.BeatsEnded;
        Until(() => _ledger.IsRunning && Witness.BeatsEnded > beats + 1, "two beats end");
        beats = Witness.BeatsEnded;
        SentTransfer probe = _ledger.Traffic.SendProbe();
        Until(() => probe.Answer is not null, "a fresh transfer is answered");
        Witness.Require(
            probe.Answer is { Outcome: Outcome.Committed } && Witness.BeatsEnded - beats <= ProbeBeatsMax,
            Rule.Progress,
            $"a fresh transfer is answered {probe.Answer} after {Witness.BeatsEnded - beats} beats");
    }

    private void Until(Func<bool> condition, string what) => _ledger.Until(condition, SettlingMax, Rule.EverybodyIsAnswered, what);
}
