using System.Text;
using System.Text.Json;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Joining;

/// <summary>Where a node that has no certificate yet asks to be let in. All else at that address wants a certificate.</summary>
internal static class JoinEndpoints
{
    /// <summary>The authority's certificate, in PEM.</summary>
    public const string AuthorityPath = "/v1/join/authority";

    /// <summary>Takes a <see cref="JoinRequest"/>; answers a <see cref="JoinGrant"/> or a <see cref="JoinRefused"/>.</summary>
    public const string JoinPath = "/v1/join";

    private const int RequestBytesMax = 16 << 10;

    public static void Map(IEndpointRouteBuilder routes, JoinDesk desk)
    {
        routes.MapGet(AuthorityPath, () => Results.Text(desk.AuthorityPem, "application/x-pem-file", Encoding.ASCII));
        routes.MapPost(JoinPath, context => AdmitAsync(context, desk));
    }

    private static async Task AdmitAsync(HttpContext context, JoinDesk desk)
    {
        JoinGrant? grant = null;
        JoinRefused? refused;
        try
        {
            JoinRequest? request = await ReadAsync(context).ConfigureAwait(false);
            (grant, refused) = request is null
                ? (null, new JoinRefused(JoinRefusal.Malformed, nameof(JoinRefusal.Malformed), "The request cannot be read. Use the same version on both sides."))
                : await desk.AdmitAsync(request).ConfigureAwait(false);
        }
        catch (CommandFailedException failure)
        {
            refused = new JoinRefused(JoinRefusal.NotNow, nameof(JoinRefusal.NotNow), failure.Message);
        }

        IResult answer = grant is not null
            ? Results.Json(grant, JoinJson.Default.JoinGrant)
            : Results.Json(refused, JoinJson.Default.JoinRefused, statusCode: refused!.Refusal == JoinRefusal.NotNow ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status403Forbidden);
        await answer.ExecuteAsync(context).ConfigureAwait(false);
    }

    private static async Task<JoinRequest?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is not (> 0 and <= RequestBytesMax))
        {
            return null;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, JoinJson.Default.JoinRequest, context.RequestAborted).ConfigureAwait(false)
                is { Cluster: not null, Invitation: not null, Secret: not null, Node: not null, Request: not null } request
                ? request
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
