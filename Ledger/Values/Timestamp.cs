using System.Globalization;

namespace LeitherCluster.Ledger.Values;

/// <summary>
/// A moment in committed time: milliseconds since 1970-01-01 UTC, as a beat carries it. Monotone over the beats of a ledger;
/// every deadline is measured in it, never in a node's own clock.
/// </summary>
public readonly record struct Timestamp(ulong UnixMs) : IComparable<Timestamp>
{
    public static bool operator <(Timestamp left, Timestamp right) => left.UnixMs < right.UnixMs;

    public static bool operator >(Timestamp left, Timestamp right) => left.UnixMs > right.UnixMs;

    public static bool operator <=(Timestamp left, Timestamp right) => left.UnixMs <= right.UnixMs;

    public static bool operator >=(Timestamp left, Timestamp right) => left.UnixMs >= right.UnixMs;

    public int CompareTo(Timestamp other) => UnixMs.CompareTo(other.UnixMs);

    /// <summary>ISO 8601 with milliseconds, in UTC; the bare number where the calendar ends.</summary>
    public override string ToString() => UnixMs <= 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds((long)UnixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : UnixMs.ToString(CultureInfo.InvariantCulture);
}
