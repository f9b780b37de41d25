using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api.Contracts;
using LeitherCluster.Hosting.Api.Endpoints;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api;

/// <summary>Writes the ledger's answers in the API's words: amounts as decimals of its token, ids and digests as hexadecimal, times as ISO 8601.</summary>
public sealed class ContractMapper(LedgerParameters parameters)
{
    /// <summary>A state's name on the API.</summary>
    public static string NameOf(LedgerState state) => state switch
    {
        LedgerState.Recovering => "recovering",
        LedgerState.Running => "running",
        LedgerState.Holding => "holding",
        LedgerState.Stopping => "stopping",
        _ => "failed",
    };

    public static TransferResult Map(in Hash256 id, in TransferAnswer answer) => answer.Outcome == Outcome.Committed
        ? new TransferResult(
            id.ToString(),
            OutcomeTexts.NameOf(answer.Outcome),
            (int)answer.Outcome,
            answer.Sequence.Value,
            answer.Branch,
            answer.Place)
        : new TransferResult(id.ToString(), OutcomeTexts.NameOf(answer.Outcome), (int)answer.Outcome);

    public static TransferResult Map(TransferPlace place) => new(
        place.Id.ToString(),
        OutcomeTexts.NameOf(Outcome.Committed),
        (int)Outcome.Committed,
        place.Sequence.Value,
        place.Branch,
        place.Place,
        place.At.ToString());

    /// <summary>All answers of a batch; when it is not final, what is not refused is pending.</summary>
    public static BatchResult Map(TransferBatch batch, bool isFinal)
    {
        int committed = 0;
        int pending = 0;
        var answers = new TransferResult[batch.Count];
        for (int i = 0; i < answers.Length; i++)
        {
            TransferAnswer answer = batch.AnswerAt(i, isFinal);
            committed += answer.Outcome == Outcome.Committed ? 1 : 0;
            pending += answer.Outcome == Outcome.Pending ? 1 : 0;
            answers[i] = Map(batch.Ids[i], answer);
        }

        return new BatchResult(committed, pending, answers.Length - committed - pending, answers);
    }

    public string Map(Amount amount) => amount.ToString(parameters.Decimals);

    public PulseResult Map(PulseSummary pulse) => new(
        pulse.Sequence.Value,
        pulse.Beat.ToString(),
        pulse.At.ToString(),
        pulse.Changed,
        pulse.Root.ToString(),
        Map(pulse.Supply),
        pulse.Transfers,
        pulse.Branches,
        pulse.SealedUs,
        pulse.DurableUs,
        pulse.CreditedUs,
        pulse.CommittedUs);

    public StatusResult Map(LedgerStatus status, TimeSpan uptime) => new(
        NameOf(status.State),
        status.Reason,
        status.LastPulse is null ? null : Map(status.LastPulse),
        status.Accounts,
        status.TransfersCommitted,
        status.TransfersPending,
        status.TransfersRefused,
        status.BeatsSkipped,
        status.JournalBytes,
        status.SnapshotCount,
        (long)uptime.TotalSeconds,
        ProgramVersion.Text);
}
