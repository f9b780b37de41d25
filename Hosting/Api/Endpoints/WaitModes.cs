namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>Reads <c>?wait=</c>.</summary>
internal static class WaitModes
{
    public const string Explanation = "wait must be none, accepted or committed.";

    /// <summary>Committed when nothing is said; false when something else is.</summary>
    public static bool TryParse(HttpRequest request, out WaitMode mode)
    {
        mode = WaitMode.Committed;
        if (!request.QueryString.HasValue || !request.Query.TryGetValue("wait", out Microsoft.Extensions.Primitives.StringValues value))
        {
            return true;
        }

        (mode, bool isKnown) = value.ToString() switch
        {
            "none" => (WaitMode.None, true),
            "accepted" => (WaitMode.Accepted, true),
            "committed" => (WaitMode.Committed, true),
            _ => (WaitMode.None, false),
        };
        return isKnown;
    }
}
