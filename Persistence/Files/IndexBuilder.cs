using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// Fills the index from block headers, and refuses what does not fit: a key that is there twice, a block whose link does not lead
/// to the group before it in its stream.
/// </summary>
/// <param name="index">To fill.</param>
/// <param name="isFromTheBeginning">Whether no segment has been compacted away; otherwise the first link of a stream may lead to one that has.</param>
/// <param name="next">Takes each group after that.</param>
internal sealed class IndexBuilder(BlockIndex index, bool isFromTheBeginning, IGroupSink? next = null) : IGroupSink
{
    public void OnGroup(ScannedGroup group)
    {
        for (int i = 0; i < group.Blocks.Length; i++)
        {
            BlockHeader block = group.Blocks[i];
            ulong last = index.LastGroup(block.Key.Stream);
            if (block.PreviousGroup != last && (last != 0 || isFromTheBeginning))
            {
                Refuse(group, i, $"{block.Key} follows group {block.PreviousGroup}, but the stream's last block is in group {last}");
            }
        }

        for (int i = 0; i < group.Blocks.Length; i++)
        {
            BlockHeader block = group.Blocks[i];
            if (!index.TryAdd(block.Key.Stream, PlaceOf(block, group), group.Header.Number))
            {
                Refuse(group, i, $"{block.Key} is there twice");
            }
        }

        next?.OnGroup(group);
    }

    private static void Refuse(ScannedGroup group, int index, string what) => throw new JournalCorruptException(
        group.Segment.Name,
        group.Offset + group.Header.TableOffset + (index * BlockHeader.Size),
        what);

    private static BlockPlace PlaceOf(in BlockHeader block, ScannedGroup group) => new(
        block.Key.Beat,
        block.TimeSequence,
        group.Offset + block.Offset,
        block.Length,
        block.BodyChecksum,
        block.Epoch,
        group.Segment.Number,
        block.Key.Kind);
}
