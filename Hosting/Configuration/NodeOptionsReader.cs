using System.Text.Json;
using LeitherCluster.Hosting.Commands;

namespace LeitherCluster.Hosting.Configuration;

/// <summary>
/// Gathers a node's options: a flag wins over an environment variable, that over the configuration file, that over the default.
/// What is wrong is reported all at once, each with where it was given.
/// </summary>
public static class NodeOptionsReader
{
    /// <summary>Reads and checks.</summary>
    /// <param name="flags">settings given on the command line, by name</param>
    /// <param name="environment">looks up an environment variable</param>
    /// <param name="file">path of the configuration file, or null for none</param>
    /// <param name="defaults">what holds where nothing is given</param>
    /// <exception cref="CommandFailedException">Bad input; the message names every problem.</exception>
    public static NodeOptions Read(
        IReadOnlyDictionary<string, string> flags,
        Func<string, string?> environment,
        string? file,
        NodeOptions defaults)
    {
        var problems = new List<string>();
        Dictionary<string, SettingValue> fromFile = file is null ? [] : ReadFile(file, problems);
        NodeOptions options = defaults;
        foreach (NodeSetting setting in NodeSetting.All)
        {
            if (Find(setting, flags, environment, fromFile) is { } given)
            {
                (NodeOptions? changed, string problem) = setting.Apply(options, given.Text);
                options = changed ?? options;
                if (changed is null)
                {
                    problems.Add($"{given.Source}: {setting.Name} {problem}, not '{given.Text}'");
                }
            }
        }

        if (problems.Count == 0)
        {
            CheckTogether(options, problems);
        }

        return problems.Count == 0
            ? options
            : throw new CommandFailedException(ExitCode.BadInput, $"The configuration is wrong. {string.Join("; ", problems)}.");
    }

    private static SettingValue? Find(
        NodeSetting setting,
        IReadOnlyDictionary<string, string> flags,
        Func<string, string?> environment,
        Dictionary<string, SettingValue> fromFile)
    {
        if (flags.TryGetValue(setting.Name, out string? flag))
        {
            return new SettingValue(flag, "command line");
        }

        return environment(setting.EnvironmentName) is { } variable
            ? new SettingValue(variable, setting.EnvironmentName)
            : fromFile.GetValueOrDefault(setting.Name);
    }

    private static Dictionary<string, SettingValue> ReadFile(string file, List<string> problems)
    {
        var values = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(file),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{file}: must hold one JSON object");
                return values;
            }

            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                TakeProperty(file, property, values, problems);
            }
        }
        catch (JsonException exception)
        {
            problems.Add($"{file}, line {exception.LineNumber + 1}: not JSON");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(exception.Message.TrimEnd('.'));
        }

        return values;
    }

    private static void TakeProperty(string file, JsonProperty property, Dictionary<string, SettingValue> values, List<string> problems)
    {
        if (NodeSetting.All.All(setting => setting.Name != property.Name))
        {
            problems.Add($"{file}: there is no setting '{property.Name}' (there are {string.Join(", ", NodeSetting.All.Select(setting => setting.Name))})");
        }
        else if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Null
            || (property.Value.ValueKind == JsonValueKind.Array && !IsDatabases(property)))
        {
            problems.Add($"{file}: {property.Name} must be a text, a number, true or false");
        }
        else
        {
            values[property.Name] = new SettingValue(NodeSetting.TextOf(property.Value), file);
        }
    }

    /// <summary>A journal's databases, and nothing else, may be a list of texts.</summary>
    private static bool IsDatabases(JsonProperty property) =>
        property.Name == "database" && property.Value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String);

    private static void CheckTogether(NodeOptions options, List<string> problems)
    {
        (ListenAddress? address, string problem) = ListenAddress.Parse(options.Url);
        if (address is null)
        {
            problems.Add(problem);
        }
        else if (options.OpenInquiry && !address.IsLoopback)
        {
            problems.Add($"openInquiry would show every balance to whoever reaches {options.Url}: use a loopback address or leave it off");
        }

        if (options.Cluster is not null && options.Database is null)
        {
            problems.Add("a node of a cluster keeps its journal in the cluster's database: say which with --database");
        }

        if (options.OperatorsEndPoint is { } operators && int.Parse(operators.AsSpan(operators.LastIndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture) > ushort.MaxValue)
        {
            problems.Add($"there is no port 100 above that of {options.Listen} for operators: say one with --operators");
        }

        if (options.WaitS * 1_000 < 2 * options.PulseCycleMs)
        {
            problems.Add($"waitS ({options.WaitS}) must cover two pulse cycles ({2 * options.PulseCycleMs} ms), which a commit may take");
        }
    }
}
