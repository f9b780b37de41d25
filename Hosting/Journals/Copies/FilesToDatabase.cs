using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals.Copies;

/// <summary>
/// Copies a journal of files, group by group, into one or several databases. Until the copy is whole and compared no node opens it; interrupted, the
/// same copy goes on behind the last group that is there.
/// </summary>
internal sealed class FilesToDatabase : IJournalVisitor, IDisposable
{
    private readonly JournalDatabases _to;
    private readonly string _writer;
    private readonly Guid _journalId;
    private readonly JournalBufferPool _buffers;
    private readonly JournalFingerprint _fingerprint;
    private IJournalStore? _target;
    private GroupMark? _open;

    private FilesToDatabase(JournalDatabases to, string writer, Guid journalId, JournalBufferPool buffers)
    {
        _to = to;
        _fingerprint = new JournalFingerprint(to.Map is not null);
        _writer = writer;
        _journalId = journalId;
        _buffers = buffers;
    }

    /// <summary>Copies, compares, and lets nodes in.</summary>
    /// <param name="from">The folder of the journal's files.</param>
    /// <param name="to">Prepared databases.</param>
    /// <param name="writer">The node whose chain of groups they become.</param>
    /// <exception cref="CommandFailedException">It cannot be done, or the copy differs.</exception>
    public static CopyResult Run(string from, JournalDatabases to, string writer)
    {
        using PosixDisk disk = PosixDisk.OpenReadOnly(from);
        if (!disk.Exists(JournalFormat.ControlName))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is no journal in {from}.");
        }

        using var buffers = new JournalBufferPool(JournalFolder.BufferBytesMax);
        using var copy = new FilesToDatabase(to, writer, ControlFile.Load(disk).JournalId, buffers);
        JournalReport report = JournalInspector.Inspect(disk, buffers, copy);
        copy.Finish(report);
        return CopyResult.Of(from, to.ToString(), copy._journalId, copy._fingerprint);
    }

    public void OnGroup(InspectedGroup group)
    {
        Commit();
        IJournalStore target = TargetFrom(group.Number - 1);
        _fingerprint.Group(group.Number, group.Mark, group.BlockCount);
        _open = group.Mark > target.Opening.LastGroup ? group.Mark : null;
    }

    public void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body)
    {
        _fingerprint.Block(block.Key, block.Epoch, block.TimeSequence, body);
        if (_open is not null)
        {
            JournalBuffer copy = Copy(body);
            try
            {
                // Of a group that is there in part, one database may have it already.
                JournalOutcome outcome = _target!.Write(new JournalBlock { Key = block.Key, Epoch = block.Epoch, TimeSequence = block.TimeSequence, Body = copy });
                Require(outcome == JournalOutcome.Duplicate ? JournalOutcome.Ok : outcome);
            }
            finally
            {
                copy.Release();
            }
        }
    }

    public void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body)
    {
        Commit();
        _fingerprint.Snapshot(key, body);
        JournalBuffer copy = Copy(body);
        try
        {
            JournalOutcome outcome = TargetFrom(0).SaveSnapshot(key, copy);
            Require(outcome == JournalOutcome.Duplicate ? JournalOutcome.Ok : outcome);
        }
        finally
        {
            copy.Release();
        }
    }

    public void Dispose()
    {
        _target?.Dispose();
        _fingerprint.Dispose();
    }

    private void Finish(JournalReport report)
    {
        Commit();
        TargetFrom(0);
        using var found = new JournalFingerprint(_to.Map is not null);
        JournalWalk.Run(_to, _buffers, new DatabaseFingerprint(found), takesCopy: true);
        if (found.ToString() != _fingerprint.ToString())
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The copy in {_to} differs from its source. No node will open it; use another database.");
        }

        JournalCopyTarget.End(_to, report.Epochs);
    }

    /// <summary>The target, opened before the first group: what that one's number says was compacted away is no part of the copy.</summary>
    private IJournalStore TargetFrom(ulong @base)
    {
        if (_target is null)
        {
            if (!JournalCopyTarget.Begin(_to, _journalId, _writer, @base))
            {
                throw new CommandFailedException(ExitCode.Refused, $"There is a journal in {_to} already. A copy goes only into an empty one.");
            }

            (_target, _) = DatabaseStorage.Open(_to, _buffers, new PostgresJournalOptions { Writer = _writer, TakesCopy = true });
        }

        return _target;
    }

    private void Commit()
    {
        if (_open is { } mark)
        {
            Require(_target!.Commit(mark));
            _open = null;
        }
    }

    private JournalBuffer Copy(ReadOnlySpan<byte> body)
    {
        JournalBuffer copy = _buffers.Rent(body.Length);
        copy.Append(body);
        return copy;
    }

    private static void Require(JournalOutcome outcome)
    {
        if (outcome != JournalOutcome.Ok)
        {
            ExitCode exitCode = outcome == JournalOutcome.Unavailable ? ExitCode.Unreachable : ExitCode.Refused;
            throw new CommandFailedException(exitCode, $"The database answered {outcome}. Run the same command again: it goes on where it stopped.");
        }
    }
}
