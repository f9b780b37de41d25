using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>Is shown what a walk through a journal meets, each when it has been checked.</summary>
public interface IJournalWalker
{
    /// <summary>A group of that writer; its blocks follow.</summary>
    void OnGroup(string writer, GroupRecord group);

    /// <summary>One block of that group, in the order of writing. The body is only lent.</summary>
    void OnBlock(JournalBlock block);

    /// <summary>One snapshot, in order of stream and time. The body is only lent.</summary>
    void OnSnapshot(SnapshotKey key, JournalBuffer body);
}
