using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Keeps no places of sealed transfers: nothing in the load is sent twice.</summary>
internal sealed class NoPlaces : ISealedIndex
{
    public void Append(StreamId stream, ulong beat, ulong timeSequence, ulong timestampMs, ReadOnlySpan<byte> ids)
    {
    }

    public bool TryFind(StreamId stream, ReadOnlySpan<byte> id, out SealedPlace place)
    {
        place = default;
        return false;
    }

    public void DropBefore(ulong timestampMs)
    {
    }

    public ulong CoversThrough(StreamId stream) => ulong.MaxValue;

    public void Dispose()
    {
    }
}
