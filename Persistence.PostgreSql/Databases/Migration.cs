using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>One step of the schema: a file of SQL in this assembly, named NNNN-what.sql. It never changes once it was released.</summary>
public sealed class Migration
{
    private Migration(int version, string name, string sql)
    {
        Version = version;
        Name = name;
        Sql = sql;
        Digest = SHA256.HashData(Encoding.UTF8.GetBytes(sql));
    }

    /// <summary>All steps in order; versions count from 1 without gaps.</summary>
    public static IReadOnlyList<Migration> All { get; } = Load();

    public int Version { get; }

    public string Name { get; }

    /// <summary>SHA-256 of the file.</summary>
    internal byte[] Digest { get; }

    internal string Sql { get; }

    private static Migration[] Load()
    {
        Assembly assembly = typeof(Migration).Assembly;
        Migration[] found =
        [
            .. assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                return new Migration(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name[5..^4], reader.ReadToEnd());
            }),
        ];
        return found.Select(migration => migration.Version).SequenceEqual(Enumerable.Range(1, found.Length))
            ? found
            : throw new InvalidOperationException("Migrations are numbered from 1 without gaps");
    }
}
