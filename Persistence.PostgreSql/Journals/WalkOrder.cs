namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>In which order a walk shows what it meets.</summary>
public enum WalkOrder
{
    /// <summary>Writer by writer, each group followed by its blocks: as it was written.</summary>
    Written = 0,

    /// <summary>First all groups, then all blocks by beat, kind and stream, whoever wrote them: as the ledger went.</summary>
    Beats = 1,
}
