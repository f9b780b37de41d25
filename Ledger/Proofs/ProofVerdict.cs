namespace LeitherCluster.Ledger.Proofs;

/// <summary>What a verifier says of a proof. All but <see cref="Valid"/> mean that it shows nothing.</summary>
public enum ProofVerdict
{
    Valid = 0,

    /// <summary>The bytes or the text are no proof in the form of docs/PROTOCOL.md, section 6.</summary>
    Malformed = 1,

    /// <summary>The proof is about another account, or other accounts, than those asked for.</summary>
    OtherAccount = 2,

    /// <summary>The stated translucency is not 0 to 160.</summary>
    BadStatement = 3,

    /// <summary>A record has unknown flags, or freezes more than its balance.</summary>
    BadRecord = 4,

    /// <summary>Bit indices do not increase strictly from the root.</summary>
    BitOrder = 5,

    /// <summary>An opened leaf lies on another path than the one that its own id's, or the asked id's, bits lead along.</summary>
    OffPath = 6,

    /// <summary>A proof of absence opens the leaf of the very account.</summary>
    AccountPresent = 7,

    /// <summary>A side of a node is empty.</summary>
    EmptySide = 8,

    /// <summary>A node binds its children's sums where the translucency says that it must not, or the other way round.</summary>
    WrongTag = 9,

    /// <summary>Sums do not fit 64 bits.</summary>
    SumOverflow = 10,

    /// <summary>The sums do not make the stated one.</summary>
    WrongSum = 11,

    /// <summary>The digests do not make the stated one.</summary>
    WrongDigest = 12,
}
