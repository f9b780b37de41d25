namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>A run broke a rule.</summary>
internal sealed class ViolationException(Rule rule, string what) : Exception($"{rule}: {what}")
{
    public Rule Rule { get; } = rule;
}
