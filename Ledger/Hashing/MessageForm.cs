namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// What the messages of a batch have in common: their length, and the 0 or 8 bytes that are hashed before each of
/// them without lying there in memory.
/// </summary>
internal readonly struct MessageForm
{
    private MessageForm(int messageBytes, int prefixBytes, ulong prefix)
    {
        PrefixBytes = prefixBytes;
        Prefix = prefix;
        HashedBytes = messageBytes + prefixBytes;
    }

    /// <summary>The length of the prefix: 0 or 8.</summary>
    public int PrefixBytes { get; }

    /// <summary>The prefix, little-endian.</summary>
    public ulong Prefix { get; }

    /// <summary>Prefix and message: 1 to 1024 bytes, so that a message is one chunk.</summary>
    public int HashedBytes { get; }

    public static MessageForm Plain(int messageBytes) => new(messageBytes, 0, 0);

    public static MessageForm Prefixed(ulong prefix, int messageBytes) => new(messageBytes, sizeof(ulong), prefix);
}
