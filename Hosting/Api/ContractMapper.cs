using System.Runtime.InteropServices;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api.Endpoints;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
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

    public AccountResult Map(in AccountId id, AccountAnswer answer)
    {
        AccountRecord record = answer.Record ?? default;
        RootStatement statement = answer.Statement.Statement;
        return new AccountResult(
            id.ToString(),
            answer.Record is not null,
            Map(record.Balance),
            Map(record.Frozen),
            Map(record.Balance - record.Frozen),
            (record.Flags & RecordFlags.Frozen) != RecordFlags.None,
            (record.Flags & RecordFlags.System) != RecordFlags.None,
            record.NonceHighest,
            record.NonceBitmap.ToString("x16"),
            [.. answer.Holds.Select(Map)],
            statement.TimeSequence.Value,
            statement.Timestamp.ToString(),
            statement.Root.ToString());
    }

    public HoldResult Map(Hold hold) => new(
        hold.Nonce,
        Map(hold.Amount),
        hold.Receiver.ToString(),
        hold.Expiry.ToString(),
        hold.Controller.IsZero ? null : hold.Controller.ToString());

    public AcceptanceResult Map(RegisteredAcceptance registered)
    {
        StandingAcceptance acceptance = registered.Acceptance;
        return new AcceptanceResult(
            acceptance.Terms.Receiver.ToString(),
            Map(acceptance.Terms.LargestAmount),
            acceptance.Terms.Expiry.ToString(),
            registered.Receiver.ToString(),
            Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<StandingAcceptance>(in acceptance))),
            acceptance.Terms.Payer.IsZero ? null : acceptance.Terms.Payer.ToString());
    }

    public LedgerResult Map(Committee committee, NodeOptions options)
    {
        Span<byte> canonical = stackalloc byte[LedgerParameters.SizeBytes];
        parameters.CopyTo(canonical);
        return new LedgerResult(
            parameters.Ledger.ToString(),
            parameters.OrganizationKey.ToString(),
            parameters.TokenSymbol,
            parameters.Decimals,
            parameters.Bands.ToString(),
            parameters.Translucency,
            Map(parameters.MinimumAmount),
            parameters.ExpiryAheadMs,
            parameters.HoldAheadMs,
            Convert.ToHexStringLower(canonical),
            new CommitteeResult(committee.Threshold, [.. committee.Keys.Select(key => key.ToString())]),
            options.PulseCycleMs);
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

    public SignedPulseResult Map(PulseAnswer answer)
    {
        RootStatement statement = answer.Statement.Statement;
        return new SignedPulseResult(
            statement.TimeSequence.Value,
            statement.Beat.ToString(),
            statement.Timestamp.ToString(),
            statement.Root.ToString(),
            Map(statement.Sum),
            answer.Transfers,
            answer.Branches,
            statement.Digest().ToString(),
            JsonText.Of(writer => StatementJson.Write(writer, answer.Statement)));
    }

    public StatusResult Map(LedgerStatus status, TimeSpan uptime) => new(
        NameOf(status.State),
        status.Reason,
        status.Accounts,
        status.TransfersCommitted,
        status.TransfersPending,
        status.TransfersRefused,
        status.BeatsSkipped,
        status.JournalBytes,
        status.SnapshotCount,
        (long)uptime.TotalSeconds,
        ProgramVersion.Text,
        status.LastPulse is null ? null : Map(status.LastPulse));
}
