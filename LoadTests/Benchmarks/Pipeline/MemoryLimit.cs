using System.Globalization;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// Keeps a process, and what it starts from now on, within so much memory, pages of the files that they write included: by a control group, as a container's
/// limit does. What a server writes then goes through pages that it has had before, and not through ever new ones.
/// </summary>
internal sealed class MemoryLimit : IDisposable
{
    /// <summary>In MiB; without it there is no limit.</summary>
    public const string Variable = "LEITHER_POSTGRES_MEMORY";

    private const string FirstVersion = "/sys/fs/cgroup/memory";
    private const string SecondVersion = "/sys/fs/cgroup";
    private const int MibMin = 256;

    private readonly string _group;

    private MemoryLimit(string group) => _group = group;

    /// <summary>What the environment asks for, in MiB; null when it asks for nothing.</summary>
    /// <exception cref="ScenarioException">It makes no sense.</exception>
    public static int? Asked(Func<string, string?> environment)
    {
        string? text = environment(Variable);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int mib) && mib >= MibMin
            ? mib
            : throw new ScenarioException($"{Variable} is '{text}'. Give a number of MiB, {MibMin} at the least, or leave it out.");
    }

    /// <summary>Puts a process into a group of its own.</summary>
    /// <exception cref="ScenarioException">This system does not let whoever runs this make one.</exception>
    public static MemoryLimit Of(int process, int mib)
    {
        bool isFirst = Directory.Exists(FirstVersion);
        string group = Path.Combine(isFirst ? FirstVersion : SecondVersion, string.Create(CultureInfo.InvariantCulture, $"leither-load-{process}"));
        try
        {
            Directory.CreateDirectory(group);
            File.WriteAllText(Path.Combine(group, isFirst ? "memory.limit_in_bytes" : "memory.max"), ((long)mib << 20).ToString(CultureInfo.InvariantCulture));
            File.WriteAllText(Path.Combine(group, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));
            return new MemoryLimit(group);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{Variable} needs a control group for memory, which takes the rights of root: {failure.Message}");
        }
    }

    /// <summary>Removes the group, which must be empty.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(_group);
        }
        catch (IOException)
        {
            // The kernel lets go of it when the last page is gone.
        }
    }
}
