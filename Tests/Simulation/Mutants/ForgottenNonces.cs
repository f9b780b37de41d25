using System.Runtime.InteropServices;
using LeitherCluster.Actors;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>A branch that comes back from a snapshot has forgotten which nonces were used.</summary>
internal sealed class ForgottenNonces : Mutant
{
    /// <summary>Where a branch's snapshot says how many records it ends with, docs/PROTOCOL.md section 11.</summary>
    private const int RecordCountOffset = 96;

    public override IJournalStore Journal(IJournalStore store) => new Store(store);

    private sealed class Store(IJournalStore store) : PassingStore(store)
    {
        public override bool TryLoadSnapshot(StreamId stream, ulong atMostTimeSequence, JournalBuffer into, out SnapshotKey key)
        {
            if (!base.TryLoadSnapshot(stream, atMostTimeSequence, into, out key))
            {
                return false;
            }

            if (stream.Kind == LedgerStreams.BranchKind)
            {
                int count = (int)MemoryMarshal.Read<ulong>(into.Span[RecordCountOffset..]);
                foreach (ref AccountRecord record in MemoryMarshal.Cast<byte, AccountRecord>(into.Span[^(count * AccountRecord.SizeBytes)..]))
                {
                    record.NonceHighest = 0;
                    record.NonceBitmap = 0;
                }
            }

            return true;
        }
    }
}
