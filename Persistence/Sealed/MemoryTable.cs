using System.Numerics;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>
/// The newest entries, by stream: in the order of their coming, with a hash table of their numbers beside them once somebody
/// asks. Kept and used again after each run that is written from it.
/// </summary>
/// <param name="secret">Odd; spreads the ids over the table in a way that nobody who grinds ids can know.</param>
internal sealed class MemoryTable(ulong secret)
{
    private readonly SortedDictionary<StreamId, Entries> _streams = [];
    private readonly List<SealedPulse> _pulses = [];

    /// <summary>Number of the first pulse in here.</summary>
    public uint FirstPulse { get; private set; }

    public int Count { get; private set; }

    public IReadOnlyList<SealedPulse> Pulses => _pulses;

    /// <summary>The streams that have entries, in order.</summary>
    public IEnumerable<StreamId> Streams
    {
        get
        {
            foreach ((StreamId stream, Entries entries) in _streams)
            {
                if (entries.Count > 0)
                {
                    yield return stream;
                }
            }
        }
    }

    public ReadOnlySpan<SealedEntry> Of(StreamId stream) => _streams[stream].Span;

    /// <summary>Empties the table; the next pulse in it gets that number.</summary>
    public void Clear(uint firstPulse)
    {
        FirstPulse = firstPulse;
        Count = 0;
        _pulses.Clear();
        foreach (Entries entries in _streams.Values)
        {
            entries.Clear();
        }
    }

    /// <summary>Adds the ids of one window; 32 bytes each, their places are their positions.</summary>
    public void Add(StreamId stream, SealedPulse pulse, ReadOnlySpan<byte> ids)
    {
        if (_pulses.Count == 0 || _pulses[^1] != pulse)
        {
            _pulses.Add(pulse);
        }

        if (!_streams.TryGetValue(stream, out Entries? entries))
        {
            entries = new Entries();
            _streams.Add(stream, entries);
        }

        int count = ids.Length / SealedEntry.IdBytes;
        uint number = checked(FirstPulse + (uint)_pulses.Count - 1);
        Span<SealedEntry> added = entries.Extend(count);
        for (int i = 0; i < added.Length; i++)
        {
            added[i] = SealedEntry.Of(ids.Slice(i * SealedEntry.IdBytes, SealedEntry.IdBytes), number, (uint)i);
        }

        Count += count;
    }

    public bool TryFind(StreamId stream, ulong high, ulong low, out SealedPlace place)
    {
        place = default;
        if (!_streams.TryGetValue(stream, out Entries? entries) || !entries.TryFind(high, low, secret, out SealedEntry entry))
        {
            return false;
        }

        place = _pulses[(int)(entry.Pulse - FirstPulse)].At(entry.Position);
        return true;
    }

    /// <summary>
    /// One stream's entries. They are numbered in the hash table only when somebody looks for an id in the stream: seldom, as a rule.
    /// </summary>
    private sealed class Entries
    {
        private SealedEntry[] _entries = new SealedEntry[64];

        // Numbers of entries, from 1; 0 is a free slot. Twice as many slots as entries fit.
        private int[] _slots = [];
        private int _indexed;

        public int Count { get; private set; }

        public ReadOnlySpan<SealedEntry> Span => _entries.AsSpan(0, Count);

        public void Clear()
        {
            Count = 0;
            if (_indexed > 0)
            {
                Array.Clear(_slots);
                _indexed = 0;
            }
        }

        /// <summary>Room for that many more, to be filled.</summary>
        public Span<SealedEntry> Extend(int count)
        {
            int start = Count;
            Count = checked(Count + count);
            if (Count > _entries.Length)
            {
                Array.Resize(ref _entries, (int)BitOperations.RoundUpToPowerOf2((uint)Count));
            }

            return _entries.AsSpan(start, count);
        }

        public bool TryFind(ulong high, ulong low, ulong secret, out SealedEntry entry)
        {
            entry = default;
            if (Count == 0)
            {
                return false;
            }

            IndexRest(secret);
            for (int slot = FirstSlot(high, low, secret); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
            {
                entry = _entries[_slots[slot] - 1];
                if (entry.IsOf(high, low))
                {
                    return true;
                }
            }

            return false;
        }

        private void IndexRest(ulong secret)
        {
            if (_slots.Length != 2 * _entries.Length)
            {
                _slots = new int[2 * _entries.Length];
                _indexed = 0;
            }

            for (; _indexed < Count; _indexed++)
            {
                int slot = FirstSlot(_entries[_indexed].High, _entries[_indexed].Low, secret);
                while (_slots[slot] != 0)
                {
                    slot = (slot + 1) & (_slots.Length - 1);
                }

                _slots[slot] = _indexed + 1;
            }
        }

        private int FirstSlot(ulong high, ulong low, ulong secret)
        {
            ulong mixed = (high ^ BitOperations.RotateLeft(low * secret, 32)) * secret;
            return (int)(mixed >> (64 - BitOperations.Log2((uint)_slots.Length)));
        }
    }
}
