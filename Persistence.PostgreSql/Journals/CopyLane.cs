using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// Copies bodies by a connection and a thread of its own into a table of its own, so that several go to the server side by side: there a COPY has one process, and
/// a table grows for one at a time. What is complete is sent while the node still makes the rest.
/// </summary>
/// <remarks>
/// The owner's thread stages, and asks for the end of the upload; the connection is this lane's thread's alone. From <see cref="BeginFinish"/> until
/// <see cref="Await"/> nothing is staged. Bodies stay staged until they are cleared, and are sent again by each upload that is finished before.
/// </remarks>
internal sealed class CopyLane : IDisposable
{
    private readonly ServerLink _link;
    private readonly PieceRows _rows;
    private readonly WorkThread _thread;
    private readonly UploadNumbers _numbers = new();
    private readonly List<BlockKey> _blocks = [];
    private readonly int _number;
    private TaskCompletionSource<CopyResult>? _finishing;
    private int _chunksSentAhead;

    // The lane's thread's.
    private Upload? _upload;
    private bool _isHeldBack;

    /// <param name="link">disposed with the lane</param>
    /// <param name="rows">likewise</param>
    /// <param name="number">from 1: of the lane, and of its table</param>
    public CopyLane(ServerLink link, PieceRows rows, int number)
    {
        _link = link;
        _rows = rows;
        _number = number;
        _thread = new WorkThread(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"leither-copy-{number}"));
    }

    /// <summary>The blocks whose bodies are staged.</summary>
    public IReadOnlyList<BlockKey> Blocks => _blocks;

    /// <summary>Bytes staged.</summary>
    public long Bytes => _rows.Bytes;

    /// <summary>The end of the upload was asked for, and not yet taken.</summary>
    public Task<CopyResult>? Finishing => _finishing?.Task;

    /// <summary>Takes a body in; its ordinal. Throws <see cref="JournalBuffersExhaustedException"/> at the pool's bound, with nothing taken.</summary>
    public int Stage(BlockKey key, ReadOnlySpan<byte> body)
    {
        int ordinal = _rows.Count;
        _rows.Add(body);
        _blocks.Add(key);
        if (_rows.FullChunks > _chunksSentAhead)
        {
            _chunksSentAhead = _rows.FullChunks;
            JournalBuffer[] chunks = _rows.Chunks[.._chunksSentAhead];
            _thread.Enqueue(() => SendAhead(chunks));
        }

        return ordinal;
    }

    /// <summary>Has everything staged sent and committed; <see cref="Await"/> tells what became of it.</summary>
    /// <param name="isDurable">at once, or else with the next durable commit on this server</param>
    public void BeginFinish(bool isDurable)
    {
        var finishing = new TaskCompletionSource<CopyResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _finishing = finishing;
        _thread.Enqueue(() => finishing.SetResult(Finish(isDurable)));
    }

    /// <summary>Waits for the end that was asked for.</summary>
    public CopyResult Await()
    {
        CopyResult result = Finishing!.GetAwaiter().GetResult();
        _finishing = null;
        return result;
    }

    /// <summary>Forgets what is staged, which must have been finished since.</summary>
    public void Clear()
    {
        _rows.Clear();
        _blocks.Clear();
        _chunksSentAhead = 0;
    }

    /// <summary>Forgets the blocks that are not to be kept; their bodies go when none is left.</summary>
    public void Keep(Predicate<BlockKey> isKept)
    {
        _blocks.RemoveAll(key => !isKept(key));
        if (_blocks.Count == 0)
        {
            Clear();
        }
    }

    /// <summary>Gives the open upload up, and forgets what is staged.</summary>
    public void Drop()
    {
        using var dropped = new ManualResetEventSlim();
        _thread.Enqueue(() =>
        {
            if (_upload is not null)
            {
                DropUpload();
            }

            dropped.Set();
        });
        dropped.Wait();
        _finishing = null;
        Clear();
    }

    public void Dispose()
    {
        _thread.Dispose();
        _link.Dispose();
        _rows.Dispose();
    }

    /// <summary>A failure costs nothing: what is staged is sent again when the upload is finished.</summary>
    private void SendAhead(JournalBuffer[] chunks)
    {
        if (_isHeldBack)
        {
            return;
        }

        try
        {
            BeginUpload().Send(chunks);
        }
        catch (Exception)
        {
            DropUpload();
            _isHeldBack = true;
        }
    }

    /// <summary>A connection that turns out to be broken is replaced once.</summary>
    private CopyResult Finish(bool isDurable)
    {
        _isHeldBack = false;
        for (bool isSecond = false; ; isSecond = true)
        {
            try
            {
                Upload upload = BeginUpload();
                upload.Complete(_rows, isDurable);
                _upload = null;
                return new CopyResult(JournalOutcome.Ok, upload.Number, isDurable, null);
            }
            catch (Exception error)
            {
                DropUpload();
                JournalOutcome? outcome = DatabaseErrors.OutcomeOf(error);
                if (isSecond || outcome != JournalOutcome.Unavailable || error is DatabaseUnavailableException)
                {
                    return new CopyResult(outcome, 0, isDurable, error);
                }
            }
        }
    }

    private Upload BeginUpload() => _upload ??= Upload.Begin(_link.Use(), _numbers.Next(_link), _number);

    private void DropUpload()
    {
        _upload = null;
        _link.Break();
    }
}

/// <summary>What became of an upload.</summary>
/// <param name="Outcome">null: something that no outcome stands for went wrong</param>
/// <param name="Upload">its number</param>
/// <param name="IsDurable">whether it was to be durable at once</param>
/// <param name="Error">what went wrong</param>
internal sealed record CopyResult(JournalOutcome? Outcome, long Upload, bool IsDurable, Exception? Error);
