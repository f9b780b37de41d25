using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <content>What clients are told.</content>
internal sealed partial class Witness
{
    /// <summary>An answer came.</summary>
    /// <param name="transfer">to what</param>
    /// <param name="answer">what it was</param>
    /// <param name="sentAtTicks">when the batch had been sent</param>
    /// <param name="now">committed time, as clients know it</param>
    public void OnAnswer(SentTransfer transfer, TransferAnswer answer, long sentAtTicks, Timestamp now)
    {
        CommittedPlace? place = _committed.GetValueOrDefault(transfer.Id);
        switch (answer.Outcome)
        {
            case Outcome.Committed:
                Require(
                    place is not null && place.Answer == answer,
                    Rule.AnswerIsTrue,
                    $"{transfer.Body.Kind} {transfer.Id} is answered {answer}, and stands {place?.Answer.ToString() ?? "nowhere"}");
                Require(
                    transfer.Answer is not { Outcome: Outcome.Committed } before || before == answer,
                    Rule.SameAnswer,
                    $"{transfer.Body.Kind} {transfer.Id} is answered {answer} and was answered {transfer.Answer}");
                transfer.Answer = answer;
                break;
            case Outcome.Pending or Outcome.Busy:
                break;
            default:
                bool isRemembered = place is not null && place.KnownSinceTicks <= sentAtTicks && now.UnixMs - place.At.UnixMs < scenario.Parameters.ExpiryAheadMs;
                Require(!isRemembered, Rule.SameAnswer, $"{transfer.Body.Kind} {transfer.Id} is refused as {answer.Outcome} and stands {place?.Answer}");
                transfer.Answer ??= answer;
                break;
        }
    }
}
