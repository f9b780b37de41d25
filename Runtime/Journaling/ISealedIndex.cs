namespace LeitherCluster.Runtime.Journaling;

/// <summary>Where a sealed transfer is.</summary>
public readonly record struct SealedPlace(ulong Beat, ulong TimeSequence, ulong TimestampMs, uint Position);

/// <summary>Finds the ids of sealed windows again.</summary>
public interface ISealedIndex : IDisposable
{
    void Append(StreamId stream, ulong beat, ulong timeSequence, ulong timestampMs, ReadOnlySpan<byte> ids);

    bool TryFind(StreamId stream, ReadOnlySpan<byte> id, out SealedPlace place);

    void DropBefore(ulong timestampMs);

    ulong CoversThrough(StreamId stream);
}
