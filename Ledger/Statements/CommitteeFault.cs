namespace LeitherCluster.Ledger.Statements;

/// <summary>What is wrong with a committee.</summary>
public enum CommitteeFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The binary form has another length than its number of keys demands.</summary>
    Length = 1,

    /// <summary>No member, or more than 256.</summary>
    Count = 2,

    /// <summary>A threshold of zero, or above the number of members.</summary>
    Threshold = 3,

    /// <summary>A key is there twice, or (in the binary form) the keys are not in ascending order.</summary>
    Order = 4,

    /// <summary>A key of small order, under which anybody can sign.</summary>
    SmallOrderKey = 5,
}
