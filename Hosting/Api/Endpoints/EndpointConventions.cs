namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>What several endpoints have in common in the OpenAPI document.</summary>
internal static class EndpointConventions
{
    /// <summary>Declares the refusals of a private inquiry.</summary>
    public static RouteHandlerBuilder ProducesPrivate(this RouteHandlerBuilder endpoint) => endpoint
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound);
}
