namespace LeitherCluster.Hosting.Client;

/// <summary>What a client reads of a problem answer.</summary>
internal sealed record ProblemText(string? Type, string? Detail, string? Outcome, int? OutcomeNumber, string? Id);
