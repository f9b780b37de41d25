using System.CommandLine;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks;

/// <summary>
/// One thing that is measured, with its limit in the same run: what the machine or a known peer does at best. To add one, write
/// its class and name it in the bench command.
/// </summary>
internal interface IBenchmark
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, in one line.</summary>
    string Purpose { get; }

    /// <summary>Options of its own.</summary>
    IReadOnlyList<Option> Options { get; }

    /// <summary>Measures. Progress goes to standard error.</summary>
    BenchmarkReport Run(ParseResult arguments, int core);
}
