using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Simulation;

/// <summary>An index in memory: what a test needs of one.</summary>
internal sealed class MemoryIndex : ISealedIndex
{
    private readonly Dictionary<(StreamId Stream, string Id), SealedPlace> _places = [];
    private readonly Dictionary<StreamId, ulong> _covers = [];

    public void Append(StreamId stream, ulong beat, ulong timeSequence, ulong timestampMs, ReadOnlySpan<byte> ids)
    {
        for (int i = 0; i < ids.Length / 32; i++)
        {
            _places.TryAdd((stream, Convert.ToHexString(ids.Slice(32 * i, 32))), new SealedPlace(beat, timeSequence, timestampMs, (uint)i));
        }

        _covers[stream] = beat;
    }

    public bool TryFind(StreamId stream, ReadOnlySpan<byte> id, out SealedPlace place) =>
        _places.TryGetValue((stream, Convert.ToHexString(id)), out place);

    public void DropBefore(ulong timestampMs)
    {
    }

    public ulong CoversThrough(StreamId stream) => _covers.GetValueOrDefault(stream);

    public void Dispose()
    {
    }
}
