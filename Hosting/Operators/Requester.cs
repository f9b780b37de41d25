namespace LeitherCluster.Hosting.Operators;

/// <summary>Who asks, by the certificate.</summary>
internal sealed record Requester(string Name, string Serial);
