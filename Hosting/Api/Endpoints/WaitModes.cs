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

        mode = value.ToString() switch
        {
            "none" => WaitMode.None,
            "accepted" => WaitMode.Accepted,
            "committed" => WaitMode.Committed,
            _ => (WaitMode)(-1),
        };
        return mode >= 0;
    }
}
