using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LeitherCluster.Hosting.Operators.Contracts;

/// <summary>
/// What a command shows: facts by name, and then perhaps a table. A console that knows nothing of the command writes it for people and for programs alike.
/// Values are texts, numbers, true, false or null.
/// </summary>
public sealed class OperatorDocument
{
    /// <summary>A document with a table of these columns; facts only when there are none.</summary>
    public OperatorDocument(params string[] columns)
        : this([], columns, new List<JsonArray>())
    {
    }

    [JsonConstructor]
    public OperatorDocument(JsonObject facts, IReadOnlyList<string> columns, IList<JsonArray> rows)
    {
        Facts = facts;
        Columns = columns;
        Rows = rows;
    }

    public JsonObject Facts { get; }

    public IReadOnlyList<string> Columns { get; }

    public IList<JsonArray> Rows { get; }

    /// <summary>How the command ends that shows it: an exit code of the program's. Said by the end, not here.</summary>
    [JsonIgnore]
    public int ExitCode { get; set; }

    /// <summary>Adds a row, a cell for each column.</summary>
    public void Add(params JsonNode?[] cells)
    {
        if (cells.Length != Columns.Count)
        {
            throw new ArgumentException($"A row has {Columns.Count} cells, not {cells.Length}", nameof(cells));
        }

        Rows.Add([.. cells]);
    }

    /// <summary>As programs read it: the facts, and <c>rows</c>, an object each.</summary>
    public JsonObject ToPlainJson()
    {
        var plain = (JsonObject)Facts.DeepClone();
        if (Columns.Count > 0)
        {
            plain["rows"] = new JsonArray([.. Rows.Select(row => (JsonNode?)new JsonObject(Columns.Select((column, i) => KeyValuePair.Create(column, row[i]?.DeepClone()))))]);
        }

        return plain;
    }
}
