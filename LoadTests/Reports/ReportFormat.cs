namespace LeitherCluster.LoadTests.Reports;

/// <summary>How a run is printed.</summary>
internal enum ReportFormat
{
    /// <summary>Tables that read well on a terminal and in a document.</summary>
    Markdown = 0,

    /// <summary>One object, for programs.</summary>
    Json = 1,
}
