using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>Writes what became of a batch. When it is not final, only what was refused is settled; all else is pending.</summary>
internal delegate Task AnswerWriter(HttpContext context, TransferBatch batch, bool isFinal);

/// <summary>Hands a filled batch to the ledger, waits as long as the client asked, answers, and sees to it that the batch gets back to its pool.</summary>
internal static class BatchSubmission
{
    public static async Task RunAsync(HttpContext context, ApiServices services, TransferBatch batch, WaitMode wait, AnswerWriter write)
    {
        batch.Source = RequestSource.Of(context.Connection);
        if (!services.Gateway.TrySubmit(batch))
        {
            services.Batches.Return(batch);
            await Problem.Busy(WhyNotTaken(services.Gateway.Status)).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            Task stage = wait == WaitMode.Committed ? batch.WhenAnswered : batch.WhenAccepted;
            if (wait == WaitMode.None || !await IsReachedAsync(stage, services, context.RequestAborted).ConfigureAwait(false))
            {
                await AnswerUnfinishedAsync(context, batch, write).ConfigureAwait(false);
                return;
            }

            bool isFinal = batch.WhenAnswered.IsCompleted;
            if (isFinal)
            {
                services.Meter.NoteAnswers(batch.Answers);
            }

            await write(context, batch, isFinal).ConfigureAwait(false);
        }
        finally
        {
            services.Batches.ReturnWhenAnswered(batch);
        }
    }

    /// <summary>The answer to one frame, fit to be read while the ledger may still be writing it.</summary>
    public static TransferAnswer AnswerAt(this TransferBatch batch, int index, bool isFinal)
    {
        ref readonly TransferAnswer answer = ref batch.Answers[index];
        if (isFinal)
        {
            return answer;
        }

        // Of an answer that is being written only the outcome, two bytes, is whole.
        Outcome outcome = answer.Outcome;
        return new TransferAnswer(outcome == Outcome.Committed ? Outcome.Pending : outcome);
    }

    private static string WhyNotTaken(LedgerStatus status) => status.State == LedgerState.Running
        ? "The ledger's ingress is full."
        : $"The ledger is {ContractMapper.NameOf(status.State)}. {status.Reason}".TrimEnd();

    // What is accepted can be named; what is not even that has no ids yet, and gets an empty answer.
    private static Task AnswerUnfinishedAsync(HttpContext context, TransferBatch batch, AnswerWriter write)
    {
        if (batch.WhenAccepted.IsCompleted)
        {
            return write(context, batch, isFinal: false);
        }

        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static async ValueTask<bool> IsReachedAsync(Task stage, ApiServices services, CancellationToken cancel)
    {
        if (stage.IsCompleted)
        {
            return true;
        }

        try
        {
            await stage.WaitAsync(TimeSpan.FromSeconds(services.Options.WaitS), services.Clock, cancel).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
