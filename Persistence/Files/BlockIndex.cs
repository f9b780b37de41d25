using System.Runtime.InteropServices;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>Where a committed block's body is. 48 bytes a block are what a journal keeps in memory.</summary>
internal readonly record struct BlockPlace(
    ulong Beat,
    ulong TimeSequence,
    long Offset,
    int Length,
    uint Checksum,
    uint Epoch,
    uint Segment,
    byte Kind)
{
    public int CompareTo(ulong beat, byte kind) => Beat != beat ? Beat.CompareTo(beat) : Kind.CompareTo(kind);
}

/// <summary>
/// All committed blocks by stream, each stream's in order of (beat, kind). Rebuilt from the block headers at opening. Not
/// thread-safe.
/// </summary>
internal sealed class BlockIndex
{
    private readonly Dictionary<StreamId, Blocks> _streams = [];

    /// <summary>Number of the group that holds the stream's newest block in the order of writing; 0 for none.</summary>
    public ulong LastGroup(StreamId stream) => _streams.TryGetValue(stream, out Blocks? blocks) ? blocks.LastGroup : 0;

    /// <summary>Adds a block; false when its key is there already.</summary>
    public bool TryAdd(StreamId stream, in BlockPlace place, ulong group)
    {
        if (!_streams.TryGetValue(stream, out Blocks? blocks))
        {
            blocks = new Blocks();
            _streams.Add(stream, blocks);
        }

        List<BlockPlace> places = blocks.Places;
        int at = FirstAtOrAfter(places, place.Beat, place.Kind);
        if (at < places.Count && places[at].CompareTo(place.Beat, place.Kind) == 0)
        {
            return false;
        }

        places.Insert(at, place);
        blocks.LastGroup = group;
        return true;
    }

    public bool TryFind(BlockKey key, out BlockPlace place) =>
        TryFindFrom(key.Stream, key.Beat, key.Kind, out place) && place.CompareTo(key.Beat, key.Kind) == 0;

    /// <summary>The stream's first block at or after (beat, kind).</summary>
    public bool TryFindFrom(StreamId stream, ulong beat, byte kind, out BlockPlace place)
    {
        place = default;
        if (!_streams.TryGetValue(stream, out Blocks? blocks))
        {
            return false;
        }

        int at = FirstAtOrAfter(blocks.Places, beat, kind);
        if (at == blocks.Places.Count)
        {
            return false;
        }

        place = blocks.Places[at];
        return true;
    }

    /// <summary>The lowest segment that holds a block which the stream's base state does not cover; <paramref name="atMost"/> when none does.</summary>
    /// <param name="baseBeat">Blocks up to this beat are covered by a retained snapshot; null: none is.</param>
    /// <param name="atMost">Never more than this.</param>
    public uint FirstNeededSegment(Func<StreamId, ulong?> baseBeat, uint atMost)
    {
        foreach ((StreamId stream, Blocks blocks) in _streams)
        {
            ulong? covered = baseBeat(stream);
            foreach (ref readonly BlockPlace place in CollectionsMarshal.AsSpan(blocks.Places))
            {
                if (place.Segment < atMost && (covered is null || place.Beat > covered))
                {
                    atMost = place.Segment;
                }
            }
        }

        return atMost;
    }

    /// <summary>Forgets the blocks of segments that are gone.</summary>
    public void DropBelow(uint firstSegment)
    {
        foreach (Blocks blocks in _streams.Values)
        {
            blocks.Places.RemoveAll(place => place.Segment < firstSegment);
        }
    }

    private static int FirstAtOrAfter(List<BlockPlace> places, ulong beat, byte kind)
    {
        // Nearly every block comes after all others of its stream, or one before the last.
        int high = places.Count;
        if (high == 0 || places[high - 1].CompareTo(beat, kind) < 0)
        {
            return high;
        }

        int low = 0;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            if (places[middle].CompareTo(beat, kind) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private sealed class Blocks
    {
        public List<BlockPlace> Places { get; } = [];

        public ulong LastGroup { get; set; }
    }
}
