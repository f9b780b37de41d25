using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>The plugins that scenarios may name, and those of one load.</summary>
internal sealed class RunPlugins
{
    private static readonly (string Name, Func<IRunPlugin> Make)[] s_known =
    [
        (PluginNames.Disk, () => new CountersPlugin("Disks", MachineCounters.Disks)),
        (PluginNames.Network, () => new CountersPlugin("Network interfaces", MachineCounters.Network)),
    ];

    private readonly IRunPlugin[] _plugins;

    /// <param name="names">which; each known</param>
    public RunPlugins(IEnumerable<string> names)
    {
        _plugins = [.. names.Distinct().Select(name => s_known.Single(known => known.Name == name).Make())];
        foreach (IRunPlugin plugin in _plugins)
        {
            plugin.Begin();
        }
    }

    public void Note(RunMoment moment)
    {
        foreach (IRunPlugin plugin in _plugins)
        {
            plugin.Note(moment);
        }
    }

    public IReadOnlyList<ReportTable> End() => [.. _plugins.Select(plugin => plugin.End())];
}
