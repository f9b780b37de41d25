using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>Where, when and of what a measurement was made.</summary>
internal sealed record Machine
{
    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required double MemoryGibibytes { get; init; }

    public required string System { get; init; }

    public required string Framework { get; init; }

    /// <summary>The widest instruction set that the ledger's hashing uses here.</summary>
    public required string Vectors { get; init; }

    /// <summary>Programs that wanted a core in the last minute, as the system counts them; more than one is other people's.</summary>
    public required double LoadAtStart { get; init; }

    public required string Date { get; init; }

    /// <summary>The commit that the program was built from.</summary>
    public required string Commit { get; init; }

    /// <summary>This machine, now.</summary>
    public static Machine Current() => new()
    {
        Processor = $"{CpuInfo("model name")} (family {CpuInfo("cpu family")}, model {CpuInfo("model")})",
        Cores = Environment.ProcessorCount,
        MemoryGibibytes = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        System = $"Linux {Environment.OSVersion.Version}",
        Framework = RuntimeInformation.FrameworkDescription,
        Vectors = Blake3.Path.ToString(),
        LoadAtStart = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture),
        Date = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        Commit = BuiltFrom(),
    };

    private static string CpuInfo(string field) => File.ReadLines("/proc/cpuinfo")
        .Select(line => line.Split(':', 2))
        .Where(parts => parts.Length == 2 && string.Equals(parts[0].Trim(), field, StringComparison.Ordinal))
        .Select(parts => parts[1].Trim())
        .FirstOrDefault("unknown");

    private static string BuiltFrom()
    {
        string? version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        string[] parts = version?.Split('+', 2) ?? [];
        return parts.Length == 2 ? parts[1][..Math.Min(parts[1].Length, 12)] : "unknown";
    }
}
