using System.Collections.Concurrent;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Keeps the places of a few transfers, of which receipts will be asked; nothing in a load is sent twice, so no others are ever looked for.</summary>
internal sealed class SampledPlaces : ISealedIndex
{
    private readonly ConcurrentDictionary<Hash256, SealedPlace> _places = new();

    /// <summary>Lets a transfer be found.</summary>
    public void Keep(in Hash256 id, SealedPlace place) => _places[id] = place;

    public void Append(StreamId stream, ulong beat, ulong timeSequence, ulong timestampMs, ReadOnlySpan<byte> ids)
    {
    }

    public bool TryFind(StreamId stream, ReadOnlySpan<byte> id, out SealedPlace place) => _places.TryGetValue(new Hash256(id), out place);

    public void DropBefore(ulong timestampMs)
    {
    }

    public ulong CoversThrough(StreamId stream) => ulong.MaxValue;

    public void Dispose()
    {
    }
}
