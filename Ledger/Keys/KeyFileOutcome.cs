namespace LeitherCluster.Ledger.Keys;

/// <summary>What came of reading a key file or of opening the key in it. The numbers are stable.</summary>
public enum KeyFileOutcome
{
    /// <summary>It worked.</summary>
    Success = 0,

    /// <summary>Not JSON, not this format, or a field is missing, unknown, repeated or not of its form.</summary>
    Malformed = 1,

    /// <summary>A key file, of a version that this program does not know.</summary>
    UnknownVersion = 2,

    /// <summary>A protection, key derivation or cipher that this version does not have.</summary>
    UnknownAlgorithm = 3,

    /// <summary>Fewer iterations than is safe, or more than anyone would wait for.</summary>
    IterationsOutOfRange = 4,

    /// <summary>The passphrase is wrong, or the file was changed: the cipher cannot tell these apart.</summary>
    WrongPassphrase = 5,

    /// <summary>The key inside does not belong to the public key that the file names.</summary>
    KeyMismatch = 6,
}
