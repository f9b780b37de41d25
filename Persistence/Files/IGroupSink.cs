namespace LeitherCluster.Persistence.Files;

/// <summary>Takes the committed groups of a journal in order.</summary>
internal interface IGroupSink
{
    /// <exception cref="Runtime.Journaling.JournalCorruptException">The group does not fit what came before.</exception>
    void OnGroup(ScannedGroup group);
}
