using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals.Copies;

/// <summary>Takes the fingerprint of a journal in PostgreSQL.</summary>
internal sealed class DatabaseFingerprint(JournalFingerprint fingerprint) : IJournalWalker
{
    public void OnGroup(string writer, GroupRecord group) => fingerprint.Group(group.Number, group.Mark, group.Blocks);

    public void OnBlock(JournalBlock block) => fingerprint.Block(block.Key, block.Epoch, block.TimeSequence, block.Body.Span);

    public void OnSnapshot(SnapshotKey key, JournalBuffer body) => fingerprint.Snapshot(key, body.Span);
}
