namespace LeitherCluster.Remoting.Wire;

/// <summary>What a frame is.</summary>
internal enum FrameKind : byte
{
    /// <summary>A message for an actor.</summary>
    Message = 1,

    /// <summary>From now on a number stands for an actor; the body says which.</summary>
    Name = 2,

    /// <summary>All such numbers are void.</summary>
    ForgetNames = 3,

    /// <summary>Nothing but that the sender lives.</summary>
    Alive = 4,

    /// <summary>The sender ends the connection; its type number is the reason, a <see cref="HandshakeRefusal"/>.</summary>
    Close = 5,
}
