namespace LeitherCluster.Runtime.Core;

/// <summary>A growing ring of envelopes with two ends. Its bound is its owner's.</summary>
internal sealed class EnvelopeDeque
{
    private Envelope[] _items = [];
    private int _head;

    public int Count { get; private set; }

    public void AddLast(in Envelope envelope)
    {
        Reserve();
        _items[(_head + Count) & (_items.Length - 1)] = envelope;
        Count++;
    }

    public void AddFirst(in Envelope envelope)
    {
        Reserve();
        _head = (_head - 1) & (_items.Length - 1);
        _items[_head] = envelope;
        Count++;
    }

    public bool TryTakeFirst(out Envelope envelope)
    {
        if (Count == 0)
        {
            envelope = default;
            return false;
        }

        envelope = _items[_head];
        _items[_head] = default;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return true;
    }

    public bool TryTakeLast(out Envelope envelope)
    {
        if (Count == 0)
        {
            envelope = default;
            return false;
        }

        int last = (_head + Count - 1) & (_items.Length - 1);
        envelope = _items[last];
        _items[last] = default;
        Count--;
        return true;
    }

    private void Reserve()
    {
        if (Count < _items.Length)
        {
            return;
        }

        Envelope[] larger = new Envelope[Math.Max(8, _items.Length * 2)];
        for (int i = 0; i < Count; i++)
        {
            larger[i] = _items[(_head + i) & (_items.Length - 1)];
        }

        _items = larger;
        _head = 0;
    }
}
