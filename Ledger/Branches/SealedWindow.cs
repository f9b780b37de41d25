using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>A run of a sealed window's credits that go to one target branch.</summary>
public readonly record struct SectionRun(uint Target, int Start, int Count);

/// <summary>
/// What a branch sealed for one beat: its block, and the credits that leave for other branches (and itself), grouped by target. Stable until
/// the branch seals again, which it does only after this beat's pulse has ended; then the same object is used again.
/// </summary>
public sealed class SealedWindow
{
    internal SealedWindow()
    {
    }

    public uint Branch { get; internal set; }

    public BeatNumber Beat { get; internal set; }

    public Timestamp At { get; internal set; }

    /// <summary>The time sequence that the beat gets with this window.</summary>
    public TimeSequence Sequence { get; internal set; }

    /// <summary>Hash of the block without its certificate; the next block of the branch names it.</summary>
    public Hash256 BlockHash { get; internal set; }

    public Hash256 Secret { get; internal set; }

    /// <summary>The branch's part of the windows tree; zero when nothing took effect but deadlines.</summary>
    public Hash256 WindowsRoot { get; internal set; }

    /// <summary>Transfers that took effect, the items of bundles counted one by one.</summary>
    public int Leaves { get; internal set; }

    /// <summary>What the organization issued in this window.</summary>
    public ulong Issued { get; internal set; }

    /// <summary>The block's bytes, certificate included; null when it came from the journal.</summary>
    public WindowBuffer? Block { get; internal set; }

    /// <summary>All credits, grouped by target, within a target in recorded order.</summary>
    public ReadOnlyMemory<CreditEntry> Credits { get; internal set; }

    /// <summary>The groups in <see cref="Credits"/>, ascending by target.</summary>
    public ReadOnlyMemory<SectionRun> Runs { get; internal set; }

    /// <summary>The section for one run.</summary>
    public CreditSection Section(SectionRun run) => new(Branch, BlockHash, Secret, Credits.Slice(run.Start, run.Count));
}
