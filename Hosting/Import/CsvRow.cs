namespace LeitherCluster.Hosting.Import;

/// <summary>One record of a CSV file: the line (from 1) on which it begins, its fields, and why it cannot be read, or null.</summary>
public readonly record struct CsvRow(int Line, IReadOnlyList<string> Fields, string? Problem);
