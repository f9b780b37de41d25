namespace LeitherCluster.Ledger.Transfers;

/// <summary>How a receiver says that it takes a transfer. The numbers are part of the protocol (docs/PROTOCOL.md, section 3).</summary>
public enum AcceptanceForm : byte
{
    /// <summary>Not at all: issuance, and what is done to a hold that was accepted when it was made.</summary>
    None = 0,

    /// <summary>By signing what the sender signs.</summary>
    Signature = 1,

    /// <summary>By a standing acceptance handed out earlier.</summary>
    Standing = 2,
}
