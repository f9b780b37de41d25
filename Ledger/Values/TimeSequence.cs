using System.Globalization;

namespace LeitherCluster.Ledger.Values;

/// <summary>
/// The version of a ledger's state: the count of beats that changed something (seed VI.2). 0 is the empty ledger before its
/// first pulse; it stands still while nothing changes.
/// </summary>
public readonly record struct TimeSequence(ulong Value) : IComparable<TimeSequence>
{
    public static readonly TimeSequence Zero;

    public static bool operator <(TimeSequence left, TimeSequence right) => left.Value < right.Value;

    public static bool operator >(TimeSequence left, TimeSequence right) => left.Value > right.Value;

    public static bool operator <=(TimeSequence left, TimeSequence right) => left.Value <= right.Value;

    public static bool operator >=(TimeSequence left, TimeSequence right) => left.Value >= right.Value;

    public TimeSequence Next() => new(checked(Value + 1));

    public int CompareTo(TimeSequence other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
