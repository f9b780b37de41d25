namespace LeitherCluster.Remoting.Wire;

/// <summary>What is wrong with bytes that should have been a frame. Each ends the connection: what follows cannot be told apart from it.</summary>
public enum FrameFault
{
    None = 0,

    /// <summary>Another version or lane than agreed in the handshake.</summary>
    WrongVersionOrLane = 1,

    /// <summary>A kind that does not exist in this version, or flags that are not zero.</summary>
    UnknownKind = 2,

    /// <summary>Longer than the lane allows.</summary>
    TooLong = 3,

    /// <summary>The checksum does not fit.</summary>
    WrongChecksum = 4,

    /// <summary>A number that stands for no actor, or a name that is malformed or one too many.</summary>
    WrongName = 5,

    /// <summary>Reading a message threw something else than it may.</summary>
    ReaderFailed = 6,
}
