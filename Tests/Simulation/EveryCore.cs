using System.Diagnostics;

namespace LeitherCluster.Tests.Simulation;

/// <summary>Tests that use every core themselves: they run one after the other, beside no other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EveryCore
{
    public const string Name = "every core";

    internal static readonly ParallelOptions Options = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };

    /// <summary>What this process has used of the cores so far.</summary>
    internal static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
