namespace LeitherCluster.Hosting.Operators;

/// <summary>What a node bears of its operators.</summary>
internal static class OperatorLimits
{
    /// <summary>Characters of an argument.</summary>
    public const int ArgumentLengthMax = 1_024;

    /// <summary>Bytes of a request's body; a larger one is answered 413.</summary>
    public const int RequestBytesMax = 64 << 10;

    /// <summary>Connections at once; a further one is closed.</summary>
    public const int ConnectionCountMax = 64;

    /// <summary>Characters of an outcome that is recorded; the rest is cut off.</summary>
    public const int OutcomeLengthMax = 1_000;
}
