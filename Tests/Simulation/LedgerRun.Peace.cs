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

    /// <summary>Everything that was sent is sent until it has an answer.</summary>
    private void Settle()
    {
        for (int round = 0; round < RoundsMax; round++)
        {
            Until(() => _ledger.IsRunning && _ledger.Traffic.Underway == 0, "everybody is answered");
            if (!_ledger.Traffic.SendUnanswered())
            {
                return;
            }

            // A ledger that does not take them now does so some beats later.
            Cluster.RunFor(_scenario.Cycle);
        }

        Witness.Violate(Rule.EverybodyIsAnswered, $"{_ledger.Traffic.All.Count(static transfer => transfer.Answer is null)} transfers have no answer after {RoundsMax} rounds");
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
