using System.Globalization;
using Npgsql;

namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>
/// Where a journal's database is: <c>postgres://user@host[:port][,host[:port]]/database[?sslmode=verify-full&amp;...]</c>, as libpq's
/// URIs are. Of several hosts the first that is no standby is used. Never shows its password.
/// </summary>
/// <remarks>
/// Parameters: sslmode (disable, allow, prefer, require, verify-ca, verify-full), sslrootcert, sslcert, sslkey, connect_timeout (seconds), and
/// host and port for a socket's folder. A password that is not in the address is taken from PGPASSWORD or the file that PGPASSFILE names.
/// </remarks>
public sealed class DatabaseAddress
{
    private const int PortOfPostgres = 5432;

    private readonly string _text;

    private DatabaseAddress(string text, IReadOnlyList<string> connectionStrings, string database, JournalPart? part = null)
    {
        _text = text;
        Part = part;
        ConnectionStrings = connectionStrings;
        Database = database;
    }

    /// <summary>The database's name.</summary>
    public string Database { get; }

    /// <summary>Which database of a journal over several it must be; null: its journal is in no other one.</summary>
    internal JournalPart? Part { get; }

    /// <summary>For Npgsql, one a host, with the password.</summary>
    internal IReadOnlyList<string> ConnectionStrings { get; }

    /// <summary>Whether the text looks like a database's address, and not like a folder's.</summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal);
    }

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong, without the password.</exception>
    public static DatabaseAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!IsAddress(text))
        {
            throw new FormatException("a database's address begins with postgres://");
        }

        string rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        (rest, string query) = Split(rest, '?', rest, "");
        (string authority, string database) = Split(rest, '/', rest, "");
        int at = authority.LastIndexOf('@');
        (string user, string? password) = UserOf(at < 0 ? "" : authority[..at]);
        string hosts = authority[(at + 1)..];
        database = Uri.UnescapeDataString(database);
        if (database.Length == 0)
        {
            throw new FormatException("the address names no database: postgres://host/DATABASE");
        }

        var template = new NpgsqlConnectionStringBuilder
        {
            Database = database,
            Username = user.Length > 0 ? user : null,
            Password = password,
            Pooling = false,
            Timeout = 5,
        };
        TakeParameters(template, query, ref hosts);
        return new DatabaseAddress(
            $"postgres://{(user.Length > 0 ? Uri.EscapeDataString(user) + "@" : "")}{(hosts.StartsWith('/') ? Uri.EscapeDataString(hosts) : hosts)}/{Uri.EscapeDataString(database)}",
            [.. hosts.Split(',').Select(host => WithHost(template, host))],
            database);
    }

    /// <summary>The same database, meant as one of several.</summary>
    internal DatabaseAddress AsPart(JournalPart part) => new(_text, ConnectionStrings, Database, part);

    /// <summary>The same server, another database: for making one that is not there yet.</summary>
    internal DatabaseAddress WithDatabase(string database) => new(
        _text,
        [.. ConnectionStrings.Select(text => new NpgsqlConnectionStringBuilder(text) { Database = database }.ConnectionString)],
        database);

    /// <summary>The address without its password.</summary>
    public override string ToString() => _text;

    private static (string Before, string After) Split(string text, char separator, string whole, string none)
    {
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (whole, none) : (text[..at], text[(at + 1)..]);
    }

    private static (string User, string? Password) UserOf(string text)
    {
        (string user, string password) = Split(text, ':', text, "");
        return (Uri.UnescapeDataString(user), password.Length > 0 ? Uri.UnescapeDataString(password) : null);
    }

    private static string WithHost(NpgsqlConnectionStringBuilder template, string host)
    {
        host = Uri.UnescapeDataString(host);
        int port = template.Port;
        int colon = host.LastIndexOf(':');
        if (colon >= 0 && !host.EndsWith(']') && !host.StartsWith('/'))
        {
            port = PortOf(host[(colon + 1)..]);
            host = host[..colon];
        }

        return new NpgsqlConnectionStringBuilder(template.ConnectionString) { Host = host.Length > 0 ? host.Trim('[', ']') : "localhost", Port = port }
            .ConnectionString;
    }

    private static void TakeParameters(NpgsqlConnectionStringBuilder template, string query, ref string hosts)
    {
        template.Port = PortOfPostgres;
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            (string name, string value) = Split(pair, '=', pair, "");
            value = Uri.UnescapeDataString(value);
            switch (name)
            {
                case "sslmode":
                    template.SslMode = Enum.TryParse(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out SslMode mode)
                        ? mode
                        : throw new FormatException($"sslmode is disable, allow, prefer, require, verify-ca or verify-full, not '{value}'");
                    break;
                case "sslrootcert":
                    template.RootCertificate = value;
                    break;
                case "sslcert":
                    template.SslCertificate = value;
                    break;
                case "sslkey":
                    template.SslKey = value;
                    break;
                case "connect_timeout":
                    template.Timeout = int.TryParse(value, CultureInfo.InvariantCulture, out int seconds) && seconds is > 0 and <= 300
                        ? seconds
                        : throw new FormatException($"connect_timeout is a number of seconds from 1 to 300, not '{value}'");
                    break;
                case "host":
                    hosts = value;
                    break;
                case "port":
                    template.Port = PortOf(value);
                    break;
                default:
                    throw new FormatException($"the address has an unknown parameter '{name}'");
            }
        }
    }

    private static int PortOf(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
        ? port
        : throw new FormatException($"a port is a number from 1 to 65535, not '{text}'");
}
