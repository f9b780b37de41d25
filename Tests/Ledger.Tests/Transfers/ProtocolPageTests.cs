using System.Globalization;
using System.Text.RegularExpressions;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

/// <summary>The tables of docs/PROTOCOL.md against the enumerations that they list.</summary>
public sealed partial class ProtocolPageTests
{
    private static readonly string Page = ReadPage();

    [Fact]
    public void Outcomes_InTheTable_AreThoseOfTheProgram()
    {
        string section = Page[Page.IndexOf("## 8. Outcomes", StringComparison.Ordinal)..];
        IEnumerable<(int, string)> listed = OutcomeRow().Matches(section)
            .Select(static row => (int.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture), row.Groups["name"].Value));
        Assert.Equal(Enum.GetValues<Outcome>().Select(static outcome => ((int)outcome, outcome.ToString())), listed);
    }

    [Fact]
    public void Kinds_InTheTable_AreThoseOfTheProgram()
    {
        string table = Page[Page.IndexOf("| kind | number |", StringComparison.Ordinal)..Page.IndexOf("signatures are not in it", StringComparison.Ordinal)];
        IEnumerable<(string, int)> listed = KindRow().Matches(table)
            .Select(static row => (row.Groups["name"].Value.Replace(" ", "", StringComparison.Ordinal), int.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(
            Enum.GetValues<TransferKind>().Where(static kind => kind != TransferKind.None).Select(static kind => (kind.ToString(), (int)kind)),
            listed,
            static (left, right) => string.Equals(left.Item1, right.Item1, StringComparison.OrdinalIgnoreCase) && left.Item2 == right.Item2);
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| (?<name>\w+) \| [a-z, ]+ \| [^|]+ \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OutcomeRow();

    [GeneratedRegex(@"^\| (?<name>[a-z ]+) \| (?<number>\d+) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KindRow();

    private static string ReadPage()
    {
        using Stream stream = typeof(ProtocolPageTests).Assembly.GetManifestResourceStream("PROTOCOL.md")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
