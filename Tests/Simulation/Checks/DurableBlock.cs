using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>A block as the journal was given it.</summary>
/// <param name="Key">its key</param>
/// <param name="TimeSequence">its time sequence</param>
/// <param name="Body">a copy of its bytes</param>
/// <param name="Disturbances">how often, when it was written, something had failed or crashed in the run</param>
internal sealed record DurableBlock(BlockKey Key, ulong TimeSequence, byte[] Body, int Disturbances)
{
    public bool IsSameAs(JournalBlock block) =>
        Key == block.Key && TimeSequence == block.TimeSequence && block.Body.Span.SequenceEqual(Body);
}
