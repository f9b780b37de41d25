namespace LeitherCluster.Ledger.Tree;

/// <summary>The flags of an account's record (docs/PROTOCOL.md, section 2). All other bits are zero.</summary>
[Flags]
public enum RecordFlags : uint
{
    None = 0,

    /// <summary>The account has a data root, which is hashed behind the record.</summary>
    HasDataRoot = 1,

    /// <summary>The account may receive but not spend.</summary>
    Frozen = 2,

    /// <summary>A system account: anybody may ask about it.</summary>
    System = 4,
}
