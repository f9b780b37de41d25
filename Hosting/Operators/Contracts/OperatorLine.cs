using System.Text.Json.Nodes;

namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>One line of a command that streams: as people read it, and as data.</summary>
public sealed record OperatorLine(string Text, JsonObject Data);
