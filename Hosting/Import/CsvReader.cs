using System.Text;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// Reads CSV as RFC 4180 has it: fields between commas, quoted where they hold a comma, a quote (doubled) or a line end; lines end in
/// LF or CRLF. Empty lines are passed over. What is outside the rule is a problem of its line, never guessed at.
/// </summary>
public static class CsvReader
{
    /// <summary>The most fields on one line.</summary>
    public const int FieldCountMax = 256;

    /// <summary>Reads rows one by one. After a row with a problem of quoting the rest is not read: where it begins is not known.</summary>
    public static IEnumerable<CsvRow> Read(TextReader text)
    {
        var scanner = new Scanner(text);
        while (scanner.TryReadRow(out CsvRow row))
        {
            yield return row;
            if (row.Problem is not null)
            {
                yield break;
            }
        }
    }

    private sealed class Scanner(TextReader text)
    {
        private const int End = -1;

        private readonly StringBuilder _field = new();
        private int _line = 1;

        public bool TryReadRow(out CsvRow row)
        {
            while (text.Peek() is '\r' or '\n')
            {
                ReadLineEnd();
            }

            row = default;
            if (text.Peek() == End)
            {
                return false;
            }

            int line = _line;
            var fields = new List<string>();
            string? problem;
            do
            {
                problem = fields.Count == FieldCountMax ? $"more than {FieldCountMax} fields" : ReadField(fields);
            }
            while (problem is null && TryReadComma());

            if (problem is null && text.Peek() != End)
            {
                problem = ReadLineEnd();
            }

            row = new CsvRow(line, fields, problem);
            return true;
        }

        private bool TryReadComma()
        {
            if (text.Peek() != ',')
            {
                return false;
            }

            _ = text.Read();
            return true;
        }

        private string? ReadField(List<string> fields)
        {
            _field.Clear();
            string? problem = text.Peek() == '"' ? ReadQuoted() : ReadBare();
            fields.Add(_field.ToString());
            return problem;
        }

        private string? ReadBare()
        {
            while (text.Peek() is not (',' or '\r' or '\n' or End))
            {
                char c = (char)text.Read();
                if (c == '"')
                {
                    return "a quote inside a field that does not begin with one";
                }

                _field.Append(c);
            }

            return null;
        }

        private string? ReadQuoted()
        {
            _ = text.Read();
            while (true)
            {
                int c = text.Read();
                if (c == End)
                {
                    return "a quoted field is never closed";
                }

                if (c == '"')
                {
                    if (text.Peek() != '"')
                    {
                        return text.Peek() is ',' or '\r' or '\n' or End ? null : "text after a closing quote";
                    }

                    _ = text.Read();
                }

                _line += c == '\n' ? 1 : 0;
                _field.Append((char)c);
            }
        }

        private string? ReadLineEnd()
        {
            bool isCarriageReturn = text.Read() == '\r';
            if (isCarriageReturn && text.Peek() == '\n')
            {
                _ = text.Read();
            }
            else if (isCarriageReturn)
            {
                return "a carriage return without a line feed";
            }

            _line++;
            return null;
        }
    }
}
