using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals.Copies;

/// <summary>Takes the fingerprint of a journal in files.</summary>
internal sealed class FileFingerprint(JournalFingerprint fingerprint) : IJournalVisitor
{
    public void OnGroup(InspectedGroup group) => fingerprint.Group(group.Number, group.Mark, group.BlockCount);

    public void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body) => fingerprint.Block(block.Key, block.Epoch, block.TimeSequence, body);

    public void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body) => fingerprint.Snapshot(key, body);
}
