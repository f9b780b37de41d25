using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>What a walk through a whole journal found.</summary>
/// <param name="JournalId">Who it is.</param>
/// <param name="Writers">The writers that have groups, and the number of groups of each that were compacted away.</param>
/// <param name="Groups">Groups kept.</param>
/// <param name="Blocks">Blocks kept.</param>
/// <param name="BodyBytes">Bytes of their bodies.</param>
/// <param name="Snapshots">Snapshots kept.</param>
/// <param name="Epochs">Epochs in force, by owner.</param>
public sealed record WalkReport(
    Guid JournalId,
    IReadOnlyDictionary<string, ulong> Writers,
    long Groups,
    long Blocks,
    long BodyBytes,
    int Snapshots,
    IReadOnlyDictionary<StreamId, uint> Epochs);
