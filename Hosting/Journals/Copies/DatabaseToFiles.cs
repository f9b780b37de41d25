using LeitherCluster.Hosting.Commands;
using LeitherCluster.Persistence.Disks;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Persistence.PostgreSql.Journals;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Hosting.Journals.Copies;

/// <summary>
/// Copies a journal out of a database into files. It is all or nothing: the folder gets its name when the copy is whole and compared; what
/// an interruption leaves lies beside it and is made anew.
/// </summary>
internal sealed class DatabaseToFiles : IJournalWalker, IDisposable
{
    private const string UnfinishedSuffix = ".copying";

    private readonly PosixDisk _disk;
    private readonly JournalBufferPool _buffers;
    private readonly Guid _journalId;
    private readonly JournalFingerprint _fingerprint;
    private readonly bool _isSpread;
    private FileJournal? _target;
    private string? _writer;
    private GroupMark? _open;

    private DatabaseToFiles(PosixDisk disk, JournalBufferPool buffers, Guid journalId, bool isSpread)
    {
        _isSpread = isSpread;
        _fingerprint = new JournalFingerprint(isSpread);
        _disk = disk;
        _buffers = buffers;
        _journalId = journalId;
    }

    /// <summary>Copies and compares.</summary>
    /// <param name="from">The database, or several; nobody may write to it meanwhile, or the copy lacks what came later.</param>
    /// <param name="to">The folder of the new journal's files; nothing may be there.</param>
    /// <exception cref="CommandFailedException">It cannot be done, or the copy differs.</exception>
    public static CopyResult Run(JournalDatabases from, string to)
    {
        if (Path.Exists(to))
        {
            throw new CommandFailedException(ExitCode.Refused, $"{to} is there already. A copy goes only where there is no journal.");
        }

        if (Migrator.Look(from.Main) is not { JournalId: { } journalId })
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is no journal in {from}.");
        }

        string unfinished = to + UnfinishedSuffix;
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
        using var buffers = new JournalBufferPool(JournalFolder.BufferBytesMax);
        CopyResult result;
        using (PosixDisk disk = PosixDisk.Open(unfinished))
        using (var copy = new DatabaseToFiles(disk, buffers, journalId, from.Map is not null))
        {
            WalkReport report = JournalWalk.Run(from, buffers, copy);
            copy.Finish(report);
            result = CopyResult.Of(from.ToString(), to, journalId, copy._fingerprint);
        }

        Directory.Move(unfinished, to);
        return result;
    }

    public void OnGroup(string writer, GroupRecord group)
    {
        if (group.Mark != _open)
        {
            Commit();
        }

        if (_writer is not null && _writer != writer)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"'{_writer}' and '{writer}' have both written this journal. Files hold the journal of one node.");
        }

        _writer = writer;
        TargetFrom(group.Number - 1);
        _fingerprint.Group(group.Number, group.Mark, group.Blocks);
        _open = group.Mark;
    }

    public void OnBlock(JournalBlock block)
    {
        _fingerprint.Block(block.Key, block.Epoch, block.TimeSequence, block.Body.Span);
        Require(_target!.Write(block));
    }

    public void OnSnapshot(SnapshotKey key, JournalBuffer body)
    {
        Commit();
        _fingerprint.Snapshot(key, body.Span);
        Require(TargetFrom(0).SaveSnapshot(key, body));
    }

    public void Dispose()
    {
        _target?.Dispose();
        _fingerprint.Dispose();
    }

    private void Finish(WalkReport report)
    {
        Commit();
        FileJournal target = TargetFrom(0);

        // In rising order: the epoch of the whole journal goes above all others whenever it is raised.
        foreach ((StreamId owner, uint epoch) in report.Epochs.OrderBy(entry => entry.Value))
        {
            uint reached = 0;
            while (reached < epoch)
            {
                Require(target.AcquireEpoch(owner, out reached));
            }
        }

        target.Dispose();
        using var found = new JournalFingerprint(_isSpread);
        JournalInspector.Inspect(_disk, _buffers, new FileFingerprint(found));
        if (found.ToString() != _fingerprint.ToString())
        {
            throw new CommandFailedException(ExitCode.Corrupt, "The copy differs from its source; it was left aside.");
        }
    }

    private FileJournal TargetFrom(ulong afterGroup)
    {
        if (_target is null)
        {
            FileJournal.CreateCopy(_disk, _journalId, afterGroup);
            _target = FileJournal.Open(_disk, LocalChance.Instance, _buffers);
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

    private static void Require(JournalOutcome outcome)
    {
        if (outcome != JournalOutcome.Ok)
        {
            throw new CommandFailedException(ExitCode.Refused, $"The files' disk answered {outcome}. Make room and run the same command again.");
        }
    }
}
