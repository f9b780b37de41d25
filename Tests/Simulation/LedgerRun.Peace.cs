using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation;

/// <content>After the faults: the ledger goes on, and answers for all that was.</content>
internal sealed partial class LedgerRun
{
    private static readonly TimeSpan SettlingMax = TimeSpan.FromSeconds(60);

    private bool _isPeaceful;

    private void RunInPeace()
    {
        _isPeaceful = true;
        _faults.Heal(_witness.AnnouncedAt.UnixMs);
        Settle();
        CommitProbe();
    }

    /// <summary>Everything that was sent is sent until it has an answer.</summary>
    private void Settle()
    {
        Until(() => _ledger?.Gateway.Status.State == LedgerState.Running, "the ledger runs");
        for (int round = 0; round < 20; round++)
        {
            Until(() => _traffic.Underway == 0, "everybody is answered");
            if (!_traffic.SendUnanswered())
            {
                return;
            }
        }

        _witness.Violate(Rule.EverybodyIsAnswered, $"{_traffic.All.Count(static transfer => transfer.Answer is null)} transfers have no answer after 20 rounds");
    }

    private void CommitProbe()
    {
        long beats = _witness.BeatsEnded;
        SentTransfer probe = _traffic.SendProbe();
        Until(() => probe.Answer is not null, "a fresh transfer is answered");
        _witness.Require(
            probe.Answer is { Outcome: Outcome.Committed } && _witness.BeatsEnded - beats <= 4,
            Rule.Progress,
            $"a fresh transfer is answered {probe.Answer} after {_witness.BeatsEnded - beats} beats");
    }

    private void Until(Func<bool> condition, string what)
    {
        RunEnd end = _cluster.RunUntil(condition, SettlingMax);
        _witness.Require(end == RunEnd.ConditionMet, Rule.EverybodyIsAnswered, $"{end}, and it never came about that {what}; the ledger says {_ledger?.Gateway.Status}");
        ThrowIfBroken();
    }
}
