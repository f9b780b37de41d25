using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals;

/// <summary>A journal in one or several databases that is only looked at, as of one moment; nodes may go on writing.</summary>
internal static class JournalDatabase
{
    /// <summary>Shows the whole journal to a visitor in the order of beats; every checksum and chain is checked on the way.</summary>
    /// <exception cref="CommandFailedException">It cannot be reached, or something is not what was written.</exception>
    public static WalkReport Inspect(JournalDatabases databases, IJournalVisitor visitor)
    {
        using var buffers = new JournalBufferPool(JournalFolder.BufferBytesMax);
        try
        {
            return DatabaseOption.Reaching(() => JournalWalk.Run(databases, buffers, new Walker(visitor), WalkOrder.Beats));
        }
        catch (JournalCorruptException exception)
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The journal is corrupt. {exception.Message}.");
        }
    }

    /// <summary>Where a block of a file has its offset, one of a database has its place in the walk.</summary>
    private sealed class Walker(IJournalVisitor visitor) : IJournalWalker
    {
        private long _blocks;

        public void OnGroup(string writer, GroupRecord group) => visitor.OnGroup(
            new InspectedGroup($"groups of {writer}", (long)group.Number, 0, group.Number, group.Mark, group.Blocks, group.TimeSequenceHigh));

        public void OnBlock(JournalBlock block) => visitor.OnBlock(
            new InspectedBlock($"{block.Key}", ++_blocks, (int)block.Body.Length, block.Key, block.Epoch, block.TimeSequence, Crc32C.Of(block.Body.Span), 0),
            block.Body.Span);

        public void OnSnapshot(SnapshotKey key, JournalBuffer body) => visitor.OnSnapshot(key, key.ToString(), body.Span);
    }
}
