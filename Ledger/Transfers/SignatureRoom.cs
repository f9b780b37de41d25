namespace LeitherCluster.Ledger.Transfers;

/// <summary>How many signatures are gathered, and how much of what was verified is remembered: memory of one <see cref="StatelessCheck"/>. Verdicts do not depend on it.</summary>
public sealed record SignatureRoom
{
    /// <summary>What a node under load needs.</summary>
    public static readonly SignatureRoom Default = new();

    /// <summary>Signatures verified together at the most, some 1 KB each. 1,024 by default.</summary>
    public int TogetherMax { get; init; } = 1_024;

    /// <summary>Decoded keys remembered at the most. 16,384 by default: 2.6 MB of them.</summary>
    public int KeysMax { get; init; } = 16_384;

    /// <summary>Standing acceptances remembered as verified at the most. 65,536 by default: 11.5 MB of them.</summary>
    public int StandingsMax { get; init; } = 65_536;
}
