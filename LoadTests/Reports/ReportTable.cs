namespace LeitherCluster.LoadTests.Reports;

/// <summary>A table of a report. The first column names the row, the others are figures as text.</summary>
internal sealed record ReportTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
