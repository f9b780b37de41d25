using LeitherCluster.Hosting.Api.Inquiries;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api;

/// <summary>The refusals of the API, as <c>application/problem+json</c>. Their types are stable names, for programs to branch on.</summary>
public static class Problem
{
    /// <summary>What a problem's type begins with.</summary>
    public const string TypePrefix = "urn:leither:problem:";

    /// <summary>The request itself is wrong.</summary>
    public static IResult BadRequest(string detail) => Create(StatusCodes.Status400BadRequest, "bad-request", "The request cannot be understood", detail);

    public static IResult NotFound(string detail) => Create(StatusCodes.Status404NotFound, "not-found", "There is nothing by that name", detail);

    public static IResult TooLarge(int bytesMax) => Create(
        StatusCodes.Status413PayloadTooLarge,
        "too-large",
        "The request body is too large",
        $"A body may have {bytesMax} bytes. Send the transfers in smaller batches.");

    public static IResult NotThisType(string expected) => Create(
        StatusCodes.Status415UnsupportedMediaType,
        "media-type",
        "The body is of another type",
        $"Send it as {expected}.");

    /// <summary>A bound of this node is reached; nothing was done.</summary>
    public static IResult Busy(string detail) => Refused(Outcome.Busy, null, detail);

    /// <summary>The ledger cannot answer now.</summary>
    public static IResult Unavailable(string reason) => Create(
        StatusCodes.Status503ServiceUnavailable,
        "unavailable",
        "The ledger cannot answer now",
        reason);

    /// <summary>The ledger refused a transfer.</summary>
    public static IResult Refused(Outcome outcome, string? id, string? detail = null) => Create(
        OutcomeTexts.StatusOf(outcome),
        OutcomeTexts.NameOf(outcome),
        "The transfer was refused",
        detail ?? OutcomeTexts.Explain(outcome),
        new Dictionary<string, object?> { ["outcome"] = OutcomeTexts.NameOf(outcome), ["outcomeNumber"] = (int)outcome, ["id"] = id });

    /// <summary>The inquiry is private and was not rightly signed.</summary>
    public static IResult NotShown(InquiryVerdict verdict) => verdict == InquiryVerdict.NotParty
        ? Create(StatusCodes.Status403Forbidden, "not-party", "The inquiry is private", "The signing key is neither the account's nor the organization's.")
        : Create(StatusCodes.Status401Unauthorized, "inquiry-not-signed", "The inquiry is private", InquiryTexts.Explain(verdict));

    internal static IResult Create(int status, string type, string title, string detail, IDictionary<string, object?>? more = null)
    {
        IResult problem = Results.Problem(detail, instance: null, status, title, TypePrefix + type, more);
        return status == StatusCodes.Status429TooManyRequests ? new RetryLater(problem) : problem;
    }

    /// <summary>Says with it after how many seconds it makes sense to try again: a second clears queues, and fills what a source may cost.</summary>
    private sealed class RetryLater(IResult problem) : IResult
    {
        private const string Seconds = "1";

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = Seconds;
            return problem.ExecuteAsync(httpContext);
        }
    }
}
