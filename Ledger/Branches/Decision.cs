namespace LeitherCluster.Ledger.Branches;

/// <summary>What acceptance decided about one frame.</summary>
public enum Decision
{
    /// <summary>It is in the open window; its party waits.</summary>
    Accepted,

    /// <summary>The same transfer is in an open or uncommitted window; its party waits with the others.</summary>
    Joined,

    /// <summary>Refused; nothing changed.</summary>
    Refused,

    /// <summary>
    /// To be refused, unless a sealed window holds the same transfer: whoever keeps those must be asked before the refusal is said.
    /// </summary>
    RefusedUnlessSealed,
}
