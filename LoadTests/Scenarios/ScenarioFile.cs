using System.Globalization;
using System.Text.Json;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>Reads a scenario from JSON. What is wrong is said all at once, each with its place in the file and what would be valid.</summary>
internal sealed class ScenarioFile
{
    private const int PartiesMax = 200_000_000;
    private const double RateMax = 1e9;
    private const int PulsesKeptMax = 86_400;
    private const int CopiesMax = 100_000;

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);
    /// <summary>The shortest pulse cycle.</summary>
    public static readonly TimeSpan ShortestCycle = TimeSpan.FromMilliseconds(50);

    private static readonly string[] s_fields = ["name", "description", "receivers", "skew", "parties", "batch", "cycle", "journal", "warmUp", "load", "thresholds", "reportEvery", "seed", "steps", "bundleItems", "killNodeAfter", "pulsesKept", "plugins"];

    private readonly string _file;
    private readonly List<string> _problems = [];

    private ScenarioFile(string file) => _file = file;

    /// <summary>Reads the scenario of a file.</summary>
    /// <exception cref="ScenarioException">It cannot be read, or something in it makes no sense.</exception>
    public static Scenario Read(string file)
    {
        try
        {
            return Read(file, File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{file} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Reads a scenario from a file's bytes.</summary>
    /// <exception cref="ScenarioException">Something in it makes no sense.</exception>
    public static Scenario Read(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            var reader = new ScenarioFile(file);
            Scenario scenario = reader.ReadScenario(document.RootElement);
            return reader._problems.Count == 0 ? scenario : throw new ScenarioException($"{file}: {string.Join("; ", reader._problems)}.");
        }
        catch (JsonException exception)
        {
            throw new ScenarioException($"{file}, line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: not JSON.");
        }
    }

    private Scenario ReadScenario(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new ScenarioException($"{_file}: must hold one JSON object with {string.Join(", ", s_fields)}.");
        }

        RequireKnown(root, "", s_fields);
        var defaults = new Scenario { Name = Path.GetFileNameWithoutExtension(_file), Load = [] };
        List<LoadSimulation> load = ReadList(root, "load", ReadSimulation);
        if (load.Count == 0 && _problems.Count == 0)
        {
            _problems.Add("load: must have at least one simulation, like { \"inject\": { \"rate\": 1000, \"during\": \"10s\" } }");
        }

        return defaults with
        {
            Name = Text(root, "name") ?? defaults.Name,
            Description = Text(root, "description") ?? "",
            Receivers = Choice(root, "receivers", defaults.Receivers, [("uniform", ReceiverPattern.Uniform), ("zipf", ReceiverPattern.Zipf), ("hot-account", ReceiverPattern.HotAccount), ("local", ReceiverPattern.Local), ("cross-branch", ReceiverPattern.CrossBranch)]),
            Skew = Number(root, "skew", "skew", defaults.Skew, 0, 10),
            Parties = (int)Whole(root, "parties", "parties", defaults.Parties, 2, PartiesMax),
            Batch = (int)Whole(root, "batch", "batch", defaults.Batch, 1, Scenario.BatchMax),
            Cycle = Time(root, "cycle", "cycle", defaults.Cycle, ShortestCycle),
            Journal = Choice(root, "journal", defaults.Journal, [("files", JournalKind.Files), ("postgres", JournalKind.Postgres)]),
            WarmUp = Time(root, "warmUp", "warmUp", defaults.WarmUp, TimeSpan.Zero),
            Load = load,
            Thresholds = ReadList(root, "thresholds", ReadThreshold),
            ReportEvery = Time(root, "reportEvery", "reportEvery", defaults.ReportEvery, TimeSpan.FromMilliseconds(100)),
            Seed = (int)Whole(root, "seed", "seed", defaults.Seed, 0, int.MaxValue),
            Steps = ReadSteps(root),
            BundleItems = (int)Whole(root, "bundleItems", "bundleItems", defaults.BundleItems, 1, FrameLayout.ItemCountMax),
            PulsesKept = root.TryGetProperty("pulsesKept", out _) ? (int)Whole(root, "pulsesKept", "pulsesKept", null, 1, PulsesKeptMax) : null,
            Plugins = ReadList(root, "plugins", ReadPlugin),
            KillAfter = root.TryGetProperty("killNodeAfter", out _) ? Time(root, "killNodeAfter", "killNodeAfter", null, TimeSpan.FromMilliseconds(1)) : null,
        };
    }

    private StepWeights ReadSteps(JsonElement root)
    {
        if (!root.TryGetProperty("steps", out JsonElement steps))
        {
            return StepWeights.Payments;
        }

        if (steps.ValueKind != JsonValueKind.Object)
        {
            _problems.Add("steps: must be an object of weights, like { \"pay\": 60, \"bundle\": 30, \"hold\": 5, \"inquiry\": 5 }");
            return StepWeights.Payments;
        }

        RequireKnown(steps, "steps", ["pay", "bundle", "hold", "inquiry"]);
        var weights = new StepWeights(Weight(steps, "pay"), Weight(steps, "bundle"), Weight(steps, "hold"), Weight(steps, "inquiry"));
        if (weights.Sum == 0)
        {
            _problems.Add("steps: at least one of pay, bundle, hold and inquiry must weigh more than 0");
        }

        return weights;
    }

    private int Weight(JsonElement steps, string name) => (int)Whole(steps, name, $"steps.{name}", 0, 0, StepWeights.WeightMax);

    private LoadSimulation? ReadSimulation(JsonElement element, string place)
    {
        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().Count() != 1)
        {
            _problems.Add($"{place}: must be an object with one simulation: {SimulationNames}");
            return null;
        }

        JsonProperty only = element.EnumerateObject().Single();
        string at = $"{place}.{only.Name}";
        JsonElement value = only.Value;
        if (value.ValueKind != JsonValueKind.Object)
        {
            _problems.Add($"{at}: must be an object");
            return null;
        }

        switch (only.Name)
        {
            case "inject":
                RequireKnown(value, at, ["rate", "during"]);
                return new LoadSimulation.Inject(Rate(value, "rate", at), During(value, at));
            case "injectRandom":
                RequireKnown(value, at, ["minRate", "maxRate", "during"]);
                double least = Rate(value, "minRate", at);
                double most = Rate(value, "maxRate", at);
                if (least > most)
                {
                    _problems.Add($"{at}: minRate must not be above maxRate");
                }

                return new LoadSimulation.InjectRandom(least, most, During(value, at));
            case "rampingInject":
                RequireKnown(value, at, ["rate", "during"]);
                return new LoadSimulation.RampingInject(Rate(value, "rate", at), During(value, at));
            case "iterationsForInject":
                RequireKnown(value, at, ["rate", "iterations"]);
                return new LoadSimulation.IterationsForInject(Rate(value, "rate", at), Whole(value, "iterations", at + ".iterations", null, 1, long.MaxValue / 2));
            case "keepConstant":
                RequireKnown(value, at, ["copies", "during"]);
                return new LoadSimulation.KeepConstant((int)Whole(value, "copies", at + ".copies", null, 1, CopiesMax), During(value, at));
            case "rampingConstant":
                RequireKnown(value, at, ["copies", "during"]);
                return new LoadSimulation.RampingConstant((int)Whole(value, "copies", at + ".copies", null, 1, CopiesMax), During(value, at));
            case "pause":
                RequireKnown(value, at, ["during"]);
                return new LoadSimulation.Pause(During(value, at));
            default:
                _problems.Add($"{at}: there is no such simulation; there are {SimulationNames}");
                return null;
        }
    }

    private const string SimulationNames = "inject, injectRandom, rampingInject, iterationsForInject, keepConstant, rampingConstant, pause";

    private string? ReadPlugin(JsonElement element, string place)
    {
        if (element.ValueKind == JsonValueKind.String && PluginNames.All.Contains(element.GetString()))
        {
            return element.GetString();
        }

        _problems.Add($"{place}: there is no plugin {element.GetRawText()}; there are {string.Join(", ", PluginNames.All)}");
        return null;
    }

    private ThresholdRule? ReadThreshold(JsonElement element, string place)
    {
        string? text = null;
        bool aborts = false;
        if (element.ValueKind == JsonValueKind.String)
        {
            text = element.GetString();
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            RequireKnown(element, place, ["check", "abort"]);
            text = element.TryGetProperty("check", out JsonElement check) && check.ValueKind == JsonValueKind.String ? check.GetString() : null;
            aborts = element.TryGetProperty("abort", out JsonElement abort) && abort.ValueKind == JsonValueKind.True;
        }

        if (text is null)
        {
            _problems.Add($"{place}: must be a text like 'p99 <= 2000 ms', or an object with check (such a text) and abort (true or false)");
            return null;
        }

        if (!ThresholdRule.TryParse(text, aborts, out ThresholdRule? rule, out string problem))
        {
            _problems.Add($"{place}: {problem}");
        }

        return rule;
    }

    private List<T> ReadList<T>(JsonElement root, string name, Func<JsonElement, string, T?> read)
        where T : class
    {
        var list = new List<T>();
        if (!root.TryGetProperty(name, out JsonElement array))
        {
            return list;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            _problems.Add($"{name}: must be a list");
            return list;
        }

        foreach (JsonElement element in array.EnumerateArray())
        {
            if (read(element, string.Create(CultureInfo.InvariantCulture, $"{name}[{list.Count}]")) is not { } item)
            {
                break;
            }

            list.Add(item);
        }

        return list;
    }

    private void RequireKnown(JsonElement element, string place, string[] names)
    {
        foreach (JsonProperty property in element.EnumerateObject().Where(property => !names.Contains(property.Name, StringComparer.Ordinal)))
        {
            _problems.Add($"{(place.Length == 0 ? "" : place + ".")}{property.Name}: there is no such field; there are {string.Join(", ", names)}");
        }
    }

    private string? Text(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            _problems.Add($"{name}: must be a text");
            return null;
        }

        return value.GetString();
    }

    private T Choice<T>(JsonElement element, string name, T otherwise, (string Name, T Value)[] choices)
    {
        if (Text(element, name) is not { } text)
        {
            return otherwise;
        }

        foreach ((string choice, T value) in choices)
        {
            if (choice == text)
            {
                return value;
            }
        }

        _problems.Add($"{name}: must be one of {string.Join(", ", choices.Select(choice => choice.Name))}, not '{text}'");
        return otherwise;
    }

    private double Rate(JsonElement element, string name, string place) => Number(element, name, $"{place}.{name}", null, 0.001, RateMax);

    private TimeSpan During(JsonElement element, string place) => Time(element, "during", $"{place}.during", null, TimeSpan.FromMilliseconds(1));

    private long Whole(JsonElement element, string name, string place, long? otherwise, long least, long most)
    {
        double number = Number(element, name, place, otherwise, least, most);
        if (number != Math.Floor(number))
        {
            _problems.Add($"{place}: must be a whole number");
        }

        return (long)number;
    }

    private double Number(JsonElement element, string name, string place, double? otherwise, double least, double most)
    {
        if (!element.TryGetProperty(name, out JsonElement value))
        {
            if (otherwise is null)
            {
                _problems.Add($"{place}: is missing; it must be a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}");
            }

            return otherwise ?? least;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !(number >= least && number <= most))
        {
            _problems.Add($"{place}: must be a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}, not {value.GetRawText()}");
            return otherwise ?? least;
        }

        return number;
    }

    private TimeSpan Time(JsonElement element, string name, string place, TimeSpan? otherwise, TimeSpan least)
    {
        if (!element.TryGetProperty(name, out JsonElement value))
        {
            if (otherwise is null)
            {
                _problems.Add($"{place}: is missing; it must be a time like \"10s\"");
            }

            return otherwise ?? least;
        }

        if (value.ValueKind != JsonValueKind.String || !TimeText.TryParse(value.GetString()!, out TimeSpan time) || time < least || time > s_longest)
        {
            _problems.Add($"{place}: must be a time from {TimeText.Format(least)} to {TimeText.Format(s_longest)}, like \"250ms\", \"10s\", \"2m\" or \"1h\", not {value.GetRawText()}");
            return otherwise ?? least;
        }

        return time;
    }
}
