namespace LeitherCluster.Hosting.Operators;

/// <summary>Where what is asked for: docs/PROTOCOL.md, section 19.</summary>
internal static class OperatorRoutes
{
    /// <summary>GET: a <see cref="Contracts.PaletteList"/>.</summary>
    public const string Palettes = "/operator/v1/palettes";

    /// <summary>POST below it, palette and command: an <see cref="Contracts.OperatorRequest"/>, answered with lines of <see cref="Contracts.OperatorEvent"/>.</summary>
    public const string Commands = "/operator/v1/commands";

    /// <summary>JSON values, one a line.</summary>
    public const string LinesType = "application/x-ndjson";
}
