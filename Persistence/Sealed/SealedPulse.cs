using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>What all entries of one pulse share.</summary>
internal readonly record struct SealedPulse(ulong Beat, ulong TimeSequence, ulong TimestampMs)
{
    public const int Size = 24;

    public SealedPlace At(uint position) => new(Beat, TimeSequence, TimestampMs, position);
}
