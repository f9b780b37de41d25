namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>Bounds of a journal in PostgreSQL.</summary>
public sealed record PostgresJournalOptions
{
    private const int CopiersMax = 2;

    /// <summary>
    /// Names this node's chain of groups, 1 to 64 bytes of UTF-8; no two processes that use a journal may have the same: in a cluster it is the id of
    /// the node's life as text. Default "node".
    /// </summary>
    public string Writer { get; init; } = "node";

    /// <summary>
    /// Bodies of the open group are kept in memory up to this many bytes, shared by the connections that copy, to be copied again should one break. What goes
    /// beyond is first made durable on the server. A single larger body needs as much again. Default 64 MiB.
    /// </summary>
    public long StagingBytes { get; init; } = 64L << 20;

    /// <summary>Bodies are sent ahead of their commit in parts of this many bytes. Default 1 MiB.</summary>
    public int ChunkBytes { get; init; } = 1 << 20;

    /// <summary>Connections that copy bodies side by side, 1 or 2: there are as many tables. A small group goes by one. Default 2.</summary>
    public int Copiers { get; init; } = 2;

    /// <summary>A statement that takes longer is given up: the database counts as unavailable. Whole seconds. Default 30 s.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens a journal that a copy is going into; such a one is refused otherwise.</summary>
    public bool TakesCopy { get; init; }

    /// <summary>Checks the options against each other.</summary>
    /// <exception cref="ArgumentException">One is out of range.</exception>
    public void Check()
    {
        Require(System.Text.Encoding.UTF8.GetByteCount(Writer) is > 0 and <= 64, nameof(Writer));
        Require(ChunkBytes >= PieceRows.RowBytesMax, nameof(ChunkBytes));
        Require(StagingBytes >= ChunkBytes, nameof(StagingBytes));
        Require(Copiers is >= 1 and <= CopiersMax, nameof(Copiers));
        Require(StatementTimeout >= TimeSpan.FromSeconds(1), nameof(StatementTimeout));
    }

    private static void Require(bool holds, string option)
    {
        if (!holds)
        {
            throw new ArgumentException($"{nameof(PostgresJournalOptions)}.{option} is out of range", option);
        }
    }
}
