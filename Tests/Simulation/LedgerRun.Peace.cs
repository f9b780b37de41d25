using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation;

/// <content>After the faults: the ledger goes on, and answers for all that was.</content>
internal sealed partial class LedgerRun
{
    private const int ProbeBeatsMax = 4;
    private const int RoundsMax = 20;

    private static readonly TimeSpan SettlingMax = TimeSpan.FromSeconds(60);

    private void RunInPeace()
    {
        _isPeaceful = true;
        _faults.Heal(Witness.AnnouncedAt.UnixMs);
        Settle();
        CommitProbe();
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
        long beats = Witness.BeatsEnded;
        SentTransfer probe = _ledger.Traffic.SendProbe();
        Until(() => probe.Answer is not null, "a fresh transfer is answered");
        Witness.Require(
            probe.Answer is { Outcome: Outcome.Committed } && Witness.BeatsEnded - beats <= ProbeBeatsMax,
            Rule.Progress,
            $"a fresh transfer is answered {probe.Answer} after {Witness.BeatsEnded - beats} beats");
    }

    private void Until(Func<bool> condition, string what) => _ledger.Until(condition, SettlingMax, Rule.EverybodyIsAnswered, what);
}
