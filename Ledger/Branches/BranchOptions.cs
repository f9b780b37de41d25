using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>What a branch must know of its ledger and of its bounds.</summary>
public sealed record BranchOptions
{
    public required LedgerId Ledger { get; init; }

    /// <summary>Index of the branch: the first <see cref="DepthBits"/> bits of its ids.</summary>
    public required uint Branch { get; init; }

    /// <summary>The ledger has 2^depth branches.</summary>
    public required int DepthBits { get; init; }

    /// <summary>The ledger's T.</summary>
    public required int Translucency { get; init; }

    /// <summary>Seeds the table of pending senders, so that nobody can choose ids that collide in it.</summary>
    public required ulong TableSeed { get; init; }

    /// <summary>
    /// Frames in one window at the most, and as many parties that join them; beyond it the answer is <see cref="Outcome.Busy"/>. 64 Ki by default.
    /// </summary>
    public int WindowFramesMax { get; init; } = 1 << 16;

    /// <summary>Bytes of one window's block at the most. 16 MiB by default: thirteen times a window of a busy branch.</summary>
    public int WindowBytesMax { get; init; } = 16 << 20;

    /// <summary>States as of this many newest beats can be made from memory. 64 by default.</summary>
    public int UndoBeatsMax { get; init; } = 64;

    /// <summary>Bytes that these may take. 1 MiB a branch by default: 256 MiB for 256 branches.</summary>
    public long UndoBytesMax { get; init; } = 1 << 20;
}
