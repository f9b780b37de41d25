using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// What the records of a branch were before each of its newest beats, so that its state as of one of them can be made again without the
/// journal. Bounded in beats and in bytes: the oldest beat is forgotten first, and a query for what is forgotten goes to the journal.
/// </summary>
internal sealed class UndoLog(int beatsMax, long bytesMax)
{
    private readonly Queue<UndoPage> _pages = new();
    private readonly Stack<UndoPage> _idle = new();
    private UndoPage? _open;
    private long _bytes;

    /// <summary>States as of this beat and later can be made.</summary>
    public BeatNumber Since { get; private set; }

    /// <summary>Forgets everything: the state as of <paramref name="beat"/> is the oldest there is.</summary>
    public void Reset(BeatNumber beat)
    {
        while (_pages.TryDequeue(out UndoPage? page))
        {
            Recycle(page);
        }

        _open = null;
        _bytes = 0;
        Since = beat;
    }

    /// <summary>Begins the page of a beat; what is recorded from now on is what was before it.</summary>
    public void Open(BeatNumber beat)
    {
        if (_open?.Beat == beat)
        {
            return;
        }

        _open = _idle.TryPop(out UndoPage? page) ? page : new UndoPage();
        _open.Beat = beat;
        _pages.Enqueue(_open);
    }

    /// <summary>Records what a record was before a change.</summary>
    public void Record(in AccountRecord before)
    {
        OpenPage.Add(before);
        _bytes += AccountRecord.SizeBytes;
    }

    /// <summary>Records that an account was opened.</summary>
    public void RecordOpened(in AccountRecord opened) => Record(opened with { Flags = opened.Flags | UndoPage.OpenedMark });

    /// <summary>Records what an account's holds were before a change; null: it had none.</summary>
    public void RecordHolds(in AccountId id, HoldBook? before) => OpenPage.Holds.Add((id, before));

    /// <summary>Forgets the oldest beats beyond the bounds. Called when a pulse has ended.</summary>
    public void Trim()
    {
        while (_pages.Count > beatsMax || (_bytes > bytesMax && _pages.Count > 0))
        {
            UndoPage page = _pages.Dequeue();
            Since = page.Beat;
            _bytes -= (long)page.Count * AccountRecord.SizeBytes;
            if (page == _open)
            {
                _open = null;
            }

            Recycle(page);
        }
    }

    /// <summary>The pages of all beats after <paramref name="beat"/>, newest first.</summary>
    public IEnumerable<UndoPage> Back(BeatNumber beat) => _pages.Reverse().TakeWhile(page => page.Beat > beat);

    private UndoPage OpenPage => _open ?? throw new InvalidOperationException("No beat is open in the undo log.");

    private void Recycle(UndoPage page)
    {
        page.Clear();
        _idle.Push(page);
    }
}

/// <summary>What one beat changed, as it was before, in the order of the changes: undone from the end.</summary>
internal sealed class UndoPage
{
    /// <summary>A flag of a record in the log, never of one in a tree: there was no account before.</summary>
    public const RecordFlags OpenedMark = (RecordFlags)0x8000_0000;

    private AccountRecord[] _records = [];

    public BeatNumber Beat { get; set; }

    public int Count { get; private set; }

    /// <summary>Records as they were; with <see cref="OpenedMark"/>: there was none.</summary>
    public ReadOnlySpan<AccountRecord> Records => _records.AsSpan(0, Count);

    public List<(AccountId Id, HoldBook? Before)> Holds { get; } = [];

    public void Add(in AccountRecord record)
    {
        if (Count == _records.Length)
        {
            Array.Resize(ref _records, Math.Max(16, Count * 2));
        }

        _records[Count++] = record;
    }

    public void Clear()
    {
        Count = 0;
        Holds.Clear();
    }
}
