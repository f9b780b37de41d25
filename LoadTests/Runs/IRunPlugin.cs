using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>
/// Something that watches along while a load runs, and adds a table to the report: NBomber's worker plugin. To add one, write its class and name it in
/// <see cref="RunPlugins"/>. One instance sees one load.
/// </summary>
internal interface IRunPlugin
{
    /// <summary>The load begins.</summary>
    void Begin();

    /// <summary>An interval has ended.</summary>
    void Note(RunMoment moment);

    /// <summary>The load has ended: what was seen.</summary>
    ReportTable End();
}
