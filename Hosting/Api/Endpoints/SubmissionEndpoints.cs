using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>Reads a request's body into a batch: null, or why it is not taken.</summary>
internal delegate Task<IResult?> BodyReader(HttpContext context, ApiServices services, TransferBatch batch);

/// <summary>Where transfers come in: one at a time as JSON, many as JSON or as frames.</summary>
internal static class SubmissionEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/transfers", SubmitOneAsync)
            .WithSummary("Submits one transfer as JSON. 200 committed, 202 pending, else a numbered refusal. wait: none, accepted, committed (default).")
            .Accepts<object>("application/json")
            .Produces<TransferResult>()
            .Produces<TransferResult>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        v1.MapPost("/transfers/batch", SubmitBatchAsync)
            .WithSummary("Submits many transfers: frames one behind the other, or a JSON array. Answers come in the same order. wait: none, accepted, committed (default).")
            .Accepts<object>(BatchAnswers.BinaryType, "application/json")
            .Produces<BatchResult>(StatusCodes.Status200OK, "application/json", BatchAnswers.BinaryType)
            .Produces<BatchResult>(StatusCodes.Status202Accepted, "application/json", BatchAnswers.BinaryType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Task SubmitOneAsync(HttpContext context, ApiServices services) =>
        SubmitAsync(context, services, static (context, services, batch) => JsonSubmission.ReadAsync(context.Request, services, batch, isArray: false, context.RequestAborted), WriteOneAsync);

    private static Task SubmitBatchAsync(HttpContext context, ApiServices services) =>
        (context.Request.ContentType ?? "").StartsWith(BatchAnswers.BinaryType, StringComparison.OrdinalIgnoreCase)
            ? SubmitAsync(context, services, static (context, services, batch) => BinarySubmission.ReadAsync(context.Request.BodyReader, batch, services.Options.RequestBytesMax, context.RequestAborted), BatchAnswers.WriteAsync)
            : SubmitAsync(context, services, static (context, services, batch) => JsonSubmission.ReadAsync(context.Request, services, batch, isArray: true, context.RequestAborted), BatchAnswers.WriteJsonAsync);

    private static Task WriteOneAsync(HttpContext context, TransferBatch batch, bool isFinal)
    {
        Ledger.Branches.TransferAnswer answer = batch.AnswerAt(0, isFinal);
        TransferResult result = ContractMapper.Map(batch.Ids[0], answer);
        IResult written = answer.Outcome is Outcome.Committed or Outcome.Pending
            ? Results.Json(result, ApiJson.Default.TransferResult, statusCode: OutcomeTexts.StatusOf(answer.Outcome))
            : Problem.Refused(answer.Outcome, result.Id);
        return written.ExecuteAsync(context);
    }

    private static async Task SubmitAsync(HttpContext context, ApiServices services, BodyReader read, AnswerWriter write)
    {
        if (!WaitModes.TryParse(context.Request, out WaitMode wait))
        {
            await Problem.BadRequest(WaitModes.Explanation).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        TransferBatch? batch = services.Batches.TryRent();
        if (batch is null)
        {
            await Problem.Busy(services.BusyText).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        IResult? refusal;
        try
        {
            refusal = await read(context, services, batch).ConfigureAwait(false);
        }
        catch
        {
            services.Batches.Return(batch);
            throw;
        }

        if (refusal is not null)
        {
            services.Batches.Return(batch);
            await refusal.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        await BatchSubmission.RunAsync(context, services, batch, wait, write).ConfigureAwait(false);
    }
}
