using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>How a journal's values stand in the database's columns, which know no unsigned numbers.</summary>
internal static class Stored
{
    /// <summary>A number that has to be stored as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is above 2^63 - 1, more than the database can hold.</exception>
    public static long Number(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (ulong)long.MaxValue);
        return (long)value;
    }

    /// <summary>A bound to compare with: all above the highest that is ever stored are the same.</summary>
    public static long Bound(ulong value) => (long)Math.Min(value, long.MaxValue);

    public static byte[] Stream(StreamId stream)
    {
        byte[] bytes = new byte[StreamId.Size];
        stream.WriteTo(bytes);
        return bytes;
    }
}
