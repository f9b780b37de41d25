namespace LeitherCluster.Remoting.Peers;

/// <summary>The bounds of one lane to or from each other node.</summary>
public sealed record LaneOptions
{
    /// <summary>For the control lane unless said otherwise.</summary>
    public static LaneOptions Control { get; } = new()
    {
        FrameBytesMax = 1 << 20,
        QueueBytesMax = 16 << 20,
        QueueMessagesMax = 65_536,
        MailboxWaitMax = TimeSpan.FromSeconds(1),
    };

    /// <summary>For the bulk lane unless said otherwise.</summary>
    public static LaneOptions Bulk { get; } = new()
    {
        FrameBytesMax = 64 << 20,
        QueueBytesMax = 256 << 20,
        QueueMessagesMax = 4_096,
        MailboxWaitMax = TimeSpan.FromSeconds(30),
    };

    /// <summary>Most bytes of a message. A longer one cannot be sent; a frame that says it is longer ends the connection.</summary>
    public required int FrameBytesMax { get; init; }

    /// <summary>Most bytes that wait to be sent to one node: then senders are pushed back. At least one message of the greatest length.</summary>
    public required long QueueBytesMax { get; init; }

    /// <summary>Most messages that wait to be sent to one node.</summary>
    public required int QueueMessagesMax { get; init; }

    /// <summary>
    /// While the mailbox that the next message is for is full nothing more is read, for so long; then the message, and those after it for that
    /// mailbox as long as it stays full, become dead letters, so that one stuck actor does not cut off a node.
    /// </summary>
    public required TimeSpan MailboxWaitMax { get; init; }
}
