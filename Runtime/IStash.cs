namespace LeitherCluster.Runtime;

/// <summary>Messages put aside for later. Bounded by <see cref="MailboxOptions.StashCapacity"/>; kept over a restart.</summary>
public interface IStash
{
    int Count { get; }

    int Capacity { get; }

    /// <summary>
    /// Puts the message at hand aside. False when the stash is full: the message has then become a <see cref="DeadLetter"/>
    /// (<see cref="DeadLetterReason.StashFull"/>).
    /// </summary>
    bool Stash();

    /// <summary>Puts all stashed messages back before what waits in the mailbox, in their order.</summary>
    void UnstashAll();
}
