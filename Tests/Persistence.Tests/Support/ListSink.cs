using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>Keeps what a replay gives, and gives the bodies back.</summary>
internal sealed class ListSink(int most = int.MaxValue) : IBlockSink
{
    public List<(BlockKey Key, uint Epoch, ulong TimeSequence, byte[] Body)> Blocks { get; } = [];

    public bool OnBlock(JournalBlock block)
    {
        Blocks.Add((block.Key, block.Epoch, block.TimeSequence, block.Body.Span.ToArray()));
        block.Body.Release();
        return Blocks.Count < most;
    }
}
