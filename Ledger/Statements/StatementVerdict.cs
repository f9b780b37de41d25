namespace LeitherCluster.Ledger.Statements;

/// <summary>What a committee's signatures on a root statement are worth. The first that applies is the verdict.</summary>
public enum StatementVerdict
{
    /// <summary>Enough members signed, and every signature holds.</summary>
    Valid = 0,

    /// <summary>The statement names another committee.</summary>
    OtherCommittee = 1,

    /// <summary>A signature names a member that the committee does not have.</summary>
    UnknownSigner = 2,

    /// <summary>Fewer members signed than the threshold.</summary>
    TooFewSignatures = 3,

    /// <summary>A signature does not hold.</summary>
    BadSignature = 4,
}
