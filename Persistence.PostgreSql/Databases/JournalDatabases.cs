namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>
/// Where a journal is: one database, or several with blanks between their addresses. Behind an address its branches may be named:
/// <c>postgres://a/ledger postgres://b/ledger#branches=0-63</c>; where none are, they are dealt out by turns (<see cref="SpreadMap"/>).
/// </summary>
public sealed class JournalDatabases
{
    private const string BranchesMark = "#branches=";

    private readonly string _text;

    private JournalDatabases(IReadOnlyList<DatabaseAddress> all, SpreadMap? map, string text)
    {
        All = all;
        Map = map;
        _text = text;
    }

    /// <summary>All databases, in the order of their numbers.</summary>
    public IReadOnlyList<DatabaseAddress> All { get; }

    /// <summary>The first: it has the root, what else is not a branch, and the cluster's tables.</summary>
    public DatabaseAddress Main => All[0];

    /// <summary>Null where there is one database.</summary>
    public SpreadMap? Map { get; }

    /// <summary>A journal in one database.</summary>
    public static JournalDatabases Of(DatabaseAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new JournalDatabases([address], null, address.ToString());
    }

    /// <summary>Reads the addresses.</summary>
    /// <exception cref="FormatException">One is none, or they are no map; the message says what is wrong, without a password.</exception>
    public static JournalDatabases Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] pieces = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string?[] branches = [.. pieces.Select(static piece => At(piece) is int at ? piece[(at + BranchesMark.Length)..] : null)];
        DatabaseAddress[] all = [.. pieces.Select(static piece => DatabaseAddress.Parse(At(piece) is int at ? piece[..at] : piece))];
        if (all.Length < 2)
        {
            return branches is [null]
                ? Of(all[0])
                : throw new FormatException(all.Length == 0 ? "a database's address begins with postgres://" : "one database has all branches: name none");
        }

        if (all.DistinctBy(static address => address.ToString(), StringComparer.Ordinal).Count() < all.Length)
        {
            throw new FormatException("an address is there twice");
        }

        var map = SpreadMap.Of(branches);
        string shown = string.Join(' ', all.Zip(branches, static (address, named) => named is null ? address.ToString() : $"{address}{BranchesMark}{named}"));
        return new JournalDatabases([.. all.Select((address, number) => address.AsPart(new JournalPart(number, map)))], map, shown);
    }

    /// <summary>The addresses without their passwords.</summary>
    public override string ToString() => _text;

    private static int? At(string piece)
    {
        int at = piece.IndexOf(BranchesMark, StringComparison.Ordinal);
        return at < 0 ? null : at;
    }
}
