using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>A run's report as JSON, and back.</summary>
internal static class RunJson
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>Anything else, in the same form.</summary>
    public static string WriteAny(object something) => JsonSerializer.Serialize(something, s_options);

    public static string Write(RunReport report) => JsonSerializer.Serialize(report, s_options);

    /// <summary>Reads a report that <see cref="Write"/> wrote.</summary>
    /// <exception cref="ScenarioException">It is none.</exception>
    public static RunReport Read(string file)
    {
        try
        {
            RunReport? report = JsonSerializer.Deserialize<RunReport>(File.ReadAllBytes(file), s_options);
            return report is { Version: 1 } ? report : throw new ScenarioException($"{file} is no report of a run that this program knows (version 1).");
        }
        catch (JsonException exception)
        {
            throw new ScenarioException($"{file}, line {exception.LineNumber + 1}: not a run's report ({exception.Path ?? "no JSON"}).");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{file} cannot be read: {exception.Message}");
        }
    }
}
