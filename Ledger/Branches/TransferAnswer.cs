using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// What a party is told about one transfer: 24 bytes, the same in memory and in the binary answer to a batch.
/// Sequence, branch and place are meaningful when the outcome is <see cref="Outcome.Committed"/>, else zero.
/// For a bundle, place is that of its first item.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
public readonly record struct TransferAnswer(TimeSequence Sequence, uint Branch, uint Place, Outcome Outcome)
{
    /// <summary>Bytes of an answer in a binary response.</summary>
    public const int SizeBytes = 24;

    /// <summary>An answer without a place in the ledger: a refusal, or pending.</summary>
    public TransferAnswer(Outcome outcome)
        : this(TimeSequence.Zero, 0, 0, outcome)
    {
    }
}
