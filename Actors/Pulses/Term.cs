namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// A stretch in which the same nodes make the pulses: from when they joined to the next change of the layout, or the next failure at the root. It keys
/// every message of a pulse that goes between nodes; whoever has joined a later term refuses those of an earlier one.
/// </summary>
/// <param name="Layout">version of the layout</param>
/// <param name="Attempt">counts the root's attempts within the life of its node; 0 in the default, which is no term</param>
public readonly record struct Term(ulong Layout, uint Attempt) : IComparable<Term>
{
    public static bool operator <(Term left, Term right) => left.CompareTo(right) < 0;

    public static bool operator >(Term left, Term right) => left.CompareTo(right) > 0;

    public static bool operator <=(Term left, Term right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Term left, Term right) => left.CompareTo(right) >= 0;

    public int CompareTo(Term other) => Layout != other.Layout ? Layout.CompareTo(other.Layout) : Attempt.CompareTo(other.Attempt);

    /// <summary>layout.attempt</summary>
    public override string ToString() => $"{Layout}.{Attempt}";
}
