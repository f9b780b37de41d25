namespace LeitherCluster.Ledger.Transfers;

/// <summary>Where a transfer stands among all that took effect in its beat: the branch that sealed it, and its place in that branch's recorded order.</summary>
public readonly record struct WindowPosition(uint Branch, uint Place)
{
    /// <summary>The position as its leaf binds it: (branch &lt;&lt; 32) + place.</summary>
    public ulong Value => (ulong)Branch << 32 | Place;

    public static WindowPosition FromValue(ulong value) => new((uint)(value >> 32), (uint)value);

    /// <summary>branch/place</summary>
    public override string ToString() => $"{Branch}/{Place}";
}
