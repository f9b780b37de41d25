using System.Globalization;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>What this machine's devices have moved since it was started (Linux only).</summary>
internal static class MachineCounters
{
    private const int SectorBytes = 512;

    /// <summary>Bytes that each whole disk has read and written: fields 6 and 10 of a line of /proc/diskstats, in sectors.</summary>
    public static IReadOnlyDictionary<string, DeviceCount> Disks()
    {
        HashSet<string> whole = [.. Directory.GetDirectories("/sys/block").Select(path => Path.GetFileName(path))];
        return File.ReadLines("/proc/diskstats")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => whole.Contains(fields[2]))
            .ToDictionary(fields => fields[2], fields => new DeviceCount(SectorBytes * Number(fields[5]), SectorBytes * Number(fields[9])));
    }

    /// <summary>Bytes that each network interface has taken in and sent: fields 1 and 9 behind the name in /proc/net/dev.</summary>
    public static IReadOnlyDictionary<string, DeviceCount> Network() => File.ReadLines("/proc/net/dev")
        .Select(line => line.Split(':', 2))
        .Where(parts => parts.Length == 2)
        .Select(parts => (Name: parts[0].Trim(), Fields: parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        .ToDictionary(each => each.Name, each => new DeviceCount(Number(each.Fields[0]), Number(each.Fields[8])));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>Bytes that came in (or were read) and went out (or were written).</summary>
internal readonly record struct DeviceCount(long In, long Out);
