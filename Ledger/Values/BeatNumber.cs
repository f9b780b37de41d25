namespace LeitherCluster.Ledger.Values;

/// <summary>
/// The number of a beat: clock epoch in the high 32 bits, counter in the low 32. It never repeats and never goes back,
/// and keys every message of a pulse. Beat 0 is before the first.
/// </summary>
public readonly record struct BeatNumber(ulong Value) : IComparable<BeatNumber>
{
    public BeatNumber(uint epoch, uint counter)
        : this(((ulong)epoch << 32) | counter)
    {
    }

    public static readonly BeatNumber None;

    /// <summary>Above every beat.</summary>
    public static readonly BeatNumber Last = new(ulong.MaxValue);

    public uint Epoch => (uint)(Value >> 32);

    public uint Counter => (uint)Value;

    public static bool operator <(BeatNumber left, BeatNumber right) => left.Value < right.Value;

    public static bool operator >(BeatNumber left, BeatNumber right) => left.Value > right.Value;

    public static bool operator <=(BeatNumber left, BeatNumber right) => left.Value <= right.Value;

    public static bool operator >=(BeatNumber left, BeatNumber right) => left.Value >= right.Value;

    /// <summary>The next beat of the same clock.</summary>
    /// <exception cref="OverflowException">The counter is used up (136 years at one beat a second).</exception>
    public BeatNumber Next() => new(Epoch, checked(Counter + 1));

    public int CompareTo(BeatNumber other) => Value.CompareTo(other.Value);

    /// <summary>epoch.counter</summary>
    public override string ToString() => $"{Epoch}.{Counter}";
}
