namespace LeitherCluster.Tests.Simulation;

/// <summary>Tests that use every core themselves: they run one after the other, beside no other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EveryCore
{
    public const string Name = "every core";

    internal static readonly ParallelOptions Options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
}
