using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Tree;

/// <summary>What a leaf of the tree was made of: a record, and the data root if its flag says that there is one.</summary>
public sealed record LeafOpening(AccountRecord Record, Hash256? DataRoot)
{
    /// <summary>The hash that stands beside the id in the leaf.</summary>
    public Hash256 RecordHash => DataRoot is { } root ? NodeHash.Record(Record, root) : NodeHash.Record(Record);
}
