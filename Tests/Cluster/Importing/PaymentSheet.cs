using System.Globalization;
using System.Text;

namespace LeitherCluster.Tests.Cluster.Importing;

/// <summary>A made-up payments file, and what it comes to by plain decimal arithmetic that knows nothing of the ledger.</summary>
internal sealed class PaymentSheet
{
    private readonly List<(string From, string To, decimal Amount)> _lines = [];

    private PaymentSheet(Random chance, int parties, int lines)
    {
        // Names as people have them: with blanks, commas, quotes, and letters beyond ASCII.
        Names = [.. Enumerable.Range(1, parties).Select(i => (i % 4) switch
        {
            0 => $"party-{i}",
            1 => $"Müller & Söhne {i}",
            2 => $"Smith, Jones {i}",
            _ => $"the \"{i}\" club",
        })];
        for (int i = 0; i < lines; i++)
        {
            // Everybody pays at least once; the first tenth pays most often.
            int from = i < parties ? i : chance.Next(parties / 10);
            int to = (from + 1 + chance.Next(parties - 1)) % parties;
            _lines.Add((Names[from], Names[to], chance.Next(1, 200_000) / 100m));
        }
    }

    public IReadOnlyList<string> Names { get; }

    public int LineCount => _lines.Count;

    /// <summary>All amounts together.</summary>
    public decimal Total => _lines.Sum(line => line.Amount);

    public static PaymentSheet Make(int seed, int parties, int lines) => new(new Random(seed), parties, lines);

    /// <summary>What a party has after so many rounds when it began with just what it pays: what it was paid.</summary>
    public decimal BalanceOf(string name, int rounds) => rounds * _lines.Where(line => line.To == name).Sum(line => line.Amount);

    public string ToCsv()
    {
        var text = new StringBuilder("from,to,amount,reference\n");
        for (int i = 0; i < _lines.Count; i++)
        {
            (string from, string to, decimal amount) = _lines[i];
            string written = amount.ToString("0.00", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{Quoted(from)},{Quoted(to)},{written},order {i}\n");
        }

        return text.ToString();
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
