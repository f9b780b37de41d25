using System.Security.Cryptography;
using System.Text;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// A payments file: CSV with a header line naming the columns <c>from</c>, <c>to</c>, <c>amount</c> and, if there is one,
/// <c>reference</c>, in any order. It is taken whole or not at all.
/// </summary>
/// <param name="Names">Every payer and receiver once, in order of first appearance.</param>
/// <param name="Orders">The payments, in the order of the file.</param>
/// <param name="Digest">SHA-256 of the file's bytes, in hexadecimal: which file it was.</param>
public sealed record PaymentFile(IReadOnlyList<string> Names, IReadOnlyList<PaymentOrder> Orders, string Digest)
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const long SizeBytesMax = 1L << 30;

    /// <summary>The longest name of an account, in characters.</summary>
    public const int NameLengthMax = 128;

    /// <summary>The longest reference, in bytes of UTF-8.</summary>
    public const int ReferenceBytesMax = 16;

    private const int ProblemsShownMax = 10;

    /// <summary>Reads a file whose amounts have at most <paramref name="decimals"/> fractional digits, the ledger's.</summary>
    /// <exception cref="CommandFailedException">Bad input: the message names every bad line (the first ten), by number.</exception>
    public static PaymentFile Read(string path, int decimals)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is no file {path}.");
        }

        if (info.Length > SizeBytesMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path} has {info.Length} bytes; at most {SizeBytesMax} are read. Split it.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        return Parse(bytes, decimals, Path.GetFileName(path));
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <exception cref="CommandFailedException">As <see cref="Read"/>.</exception>
    public static PaymentFile Parse(ReadOnlySpan<byte> bytes, int decimals, string fileName)
    {
        var problems = new List<string>();
        var reader = new Builder(decimals, problems);
        using var text = new StringReader(Decode(bytes, fileName));
        foreach (CsvRow row in CsvReader.Read(text))
        {
            reader.Take(row);
            if (problems.Count == ProblemsShownMax)
            {
                break;
            }
        }

        if (problems.Count == 0 && reader.Orders.Count == 0)
        {
            problems.Add("no payments in it");
        }

        return problems.Count == 0
            ? new PaymentFile(reader.Names, reader.Orders, Convert.ToHexStringLower(SHA256.HashData(bytes)))
            : throw new CommandFailedException(ExitCode.BadInput, $"{fileName}: {string.Join("; ", problems)}. Nothing was imported.");
    }

    private static string Decode(ReadOnlySpan<byte> bytes, string fileName)
    {
        ReadOnlySpan<byte> content = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        int bad = System.Text.Unicode.Utf8.IsValid(content) ? -1 : FirstInvalidByte(content);
        return bad < 0
            ? Encoding.UTF8.GetString(content)
            : throw new CommandFailedException(
                ExitCode.BadInput,
                $"{fileName}: line {content[..bad].Count((byte)'\n') + 1}: not UTF-8. Convert the file, for example with iconv -t UTF-8.");
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> content)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(content[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }

    /// <summary>Gathers rows; every problem is one phrase that begins with its line.</summary>
    private sealed class Builder(int decimals, List<string> problems)
    {
        private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);
        private Columns? _columns;

        public List<string> Names { get; } = [];

        public List<PaymentOrder> Orders { get; } = [];

        public void Take(CsvRow row)
        {
            if (row.Problem is { } problem)
            {
                problems.Add($"line {row.Line}: {problem}");
            }
            else if (_columns is null)
            {
                _columns = Columns.Of(row, problems);
            }
            else if (row.Fields.Count != _columns.Count)
            {
                problems.Add($"line {row.Line}: {row.Fields.Count} fields where the header has {_columns.Count}");
            }
            else
            {
                TakeOrder(row, _columns);
            }
        }

        private void TakeOrder(CsvRow row, Columns columns)
        {
            string reference = columns.Reference < 0 ? "" : row.Fields[columns.Reference];
            string amountText = WithWholePart(row.Fields[columns.Amount]);
            if (!Amount.TryParse(amountText, decimals, out Amount amount))
            {
                problems.Add($"line {row.Line}: amount '{amountText}' is no plain decimal with at most {decimals} decimals");
            }
            else if (amount == Amount.Zero)
            {
                problems.Add($"line {row.Line}: amount is zero");
            }
            else if (Encoding.UTF8.GetByteCount(reference) > ReferenceBytesMax)
            {
                problems.Add($"line {row.Line}: reference '{reference}' is longer than {ReferenceBytesMax} bytes");
            }
            else if (TryIndex(row, columns.From, "from", out int from) && TryIndex(row, columns.To, "to", out int to))
            {
                Orders.Add(new PaymentOrder(from, to, amount, amountText, reference));
            }
        }

        // Spreadsheets write .80 where the ledger writes 0.80: the same number, exactly.
        private static string WithWholePart(string amount) => amount.StartsWith('.') ? "0" + amount : amount;

        private bool TryIndex(CsvRow row, int column, string columnName, out int index)
        {
            string name = row.Fields[column];
            index = -1;
            if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl))
            {
                problems.Add($"line {row.Line}: '{columnName}' must be a name of 1 to {NameLengthMax} characters");
                return false;
            }

            if (!_indexOf.TryGetValue(name, out index))
            {
                index = Names.Count;
                _indexOf.Add(name, index);
                Names.Add(name);
            }

            return true;
        }
    }

    private sealed record Columns(int From, int To, int Amount, int Reference, int Count)
    {
        public static Columns? Of(CsvRow header, List<string> problems)
        {
            List<string> names = [.. header.Fields.Select(field => field.Trim().ToLowerInvariant())];
            var columns = new Columns(names.IndexOf("from"), names.IndexOf("to"), names.IndexOf("amount"), names.IndexOf("reference"), names.Count);
            if (columns.From >= 0 && columns.To >= 0 && columns.Amount >= 0 && names.Distinct(StringComparer.Ordinal).Count() == names.Count)
            {
                return columns;
            }

            problems.Add($"line {header.Line}: the header must name the columns from, to, amount and perhaps reference, each once");
            return null;
        }
    }
}
