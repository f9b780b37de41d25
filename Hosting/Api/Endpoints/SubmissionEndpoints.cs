using LeitherCluster.Hosting.Api.Contracts;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>Where transfers come in: one at a time as JSON, many as JSON or as frames.</summary>
internal static class SubmissionEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/transfers/batch", SubmitBatchAsync)
            .WithSummary("Submits many transfers: frames one behind the other, or a JSON array. Answers come in the same order. wait: none, accepted, committed (default).")
            .Produces<BatchResult>(StatusCodes.Status200OK, "application/json", BatchAnswers.BinaryType)
            .Produces<BatchResult>(StatusCodes.Status202Accepted, "application/json", BatchAnswers.BinaryType)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Task SubmitBatchAsync(HttpContext context, ApiServices services) =>
        (context.Request.ContentType ?? "").StartsWith(BatchAnswers.BinaryType, StringComparison.OrdinalIgnoreCase)
            ? BatchEndpoint.SubmitAsync(context, services)
            : Problem.NotThisType(BatchAnswers.BinaryType).ExecuteAsync(context);
}
