namespace LeitherCluster.Runtime.Core;

/// <summary>What one cell put aside, and what it has put back and not handled yet. In the cell's turn only.</summary>
internal sealed class ActorStash(ActorCell cell, int capacity) : IStash
{
    private readonly EnvelopeDeque _stashed = new();
    private readonly EnvelopeDeque _unstashed = new();

    public int Count => _stashed.Count;

    public int UnstashedCount => _unstashed.Count;

    public int Capacity => capacity;

    public bool Stash()
    {
        Envelope current = cell.Current;
        if (current.Message is null)
        {
            throw new InvalidOperationException("There is no message at hand to stash");
        }

        if (_stashed.Count >= capacity)
        {
            cell.Core.PublishDeadLetter(current.Message, current.Sender, cell.Ref, DeadLetterReason.StashFull);
            return false;
        }

        _stashed.AddLast(current);
        return true;
    }

    public void UnstashAll()
    {
        while (_stashed.TryTakeLast(out Envelope envelope))
        {
            _unstashed.AddFirst(envelope);
        }

        if (_unstashed.Count > 0)
        {
            cell.Mailbox.Wake();
        }
    }

    public bool TryTakeUnstashed(out Envelope envelope) => _unstashed.TryTakeFirst(out envelope);

    /// <summary>Takes out whatever there is, the oldest first.</summary>
    public bool TryTakeAny(out Envelope envelope) => _unstashed.TryTakeFirst(out envelope) || _stashed.TryTakeFirst(out envelope);
}
