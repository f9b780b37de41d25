namespace LeitherCluster.Ledger.Transfers;

/// <summary>What a transfer does. The numbers are part of the protocol (docs/PROTOCOL.md, section 3).</summary>
public enum TransferKind : byte
{
    /// <summary>No kind; never in a well-formed frame.</summary>
    None = 0,

    /// <summary>Moves an amount from sender to receiver.</summary>
    Pay = 1,

    /// <summary>The organization creates an amount for the receiver.</summary>
    Issue = 2,

    /// <summary>Holds a part of the sender's balance for the receiver.</summary>
    Reserve = 3,

    /// <summary>Pays out of a hold.</summary>
    Post = 4,

    /// <summary>Gives a hold back to its owner.</summary>
    Release = 5,

    /// <summary>Many payments by one sender: all of them or none.</summary>
    Bundle = 6,

    /// <summary>Many issuances: all of them or none.</summary>
    IssueBundle = 7,

    /// <summary>One payment of a bundle: never a frame of its own, only a body that its receiver signs.</summary>
    BundleItem = 8,
}
