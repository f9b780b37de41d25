using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>The index of sealed windows finds nothing of what an earlier start took in.</summary>
internal sealed class ForgottenIds : Mutant
{
    public override ISealedIndex Index(ISealedIndex index) => new Forgetting(index);

    private sealed class Forgetting(ISealedIndex index) : ISealedIndex
    {
        private readonly HashSet<(StreamId Stream, ulong Beat)> _known = [];

        public void Append(StreamId stream, ulong beat, ulong timeSequence, ulong timestampMs, ReadOnlySpan<byte> ids)
        {
            _known.Add((stream, beat));
            index.Append(stream, beat, timeSequence, timestampMs, ids);
        }

        public bool TryFind(StreamId stream, ReadOnlySpan<byte> id, out SealedPlace place) =>
            index.TryFind(stream, id, out place) && _known.Contains((stream, place.Beat));

        public void DropBefore(ulong timestampMs) => index.DropBefore(timestampMs);

        public ulong CoversThrough(StreamId stream) => index.CoversThrough(stream);

        public void Dispose() => index.Dispose();
    }
}
