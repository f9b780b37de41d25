namespace LeitherCluster.Client.Contracts;

/// <summary>What a client reads of a problem answer.</summary>
public sealed record ProblemText(string? Type = null, string? Detail = null, string? Outcome = null, int? OutcomeNumber = null, string? Id = null);
