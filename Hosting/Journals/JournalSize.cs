using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.PostgreSql.Journals;

namespace LeitherCluster.Hosting.Journals;

/// <summary>How much a journal holds, on files (then it has segments) or in a database (then it has writers).</summary>
internal sealed record JournalSize(long Groups, long Blocks, long BodyBytes, int? Segments, int? Writers, int Snapshots, long TornBytes)
{
    public static JournalSize Of(JournalReport report) =>
        new(report.Groups, report.Blocks, report.BodyBytes, report.Segments, null, report.Snapshots, report.TornBytes);

    public static JournalSize Of(WalkReport report) =>
        new(report.Groups, report.Blocks, report.BodyBytes, null, report.Writers.Count, report.Snapshots, 0);
}
