namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>A scenario, a threshold or an address that makes no sense. The message names the place and what would be valid.</summary>
internal sealed class ScenarioException(string message) : Exception(message);
