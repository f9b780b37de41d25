using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// What the records and holds of a branch were before each of its newest beats, so that its state as of one of them can be made again without
/// the journal. Bounded in beats and in bytes: the oldest beats are forgotten first, the open one last, when it has ended.
/// </summary>
/// <remarks>
/// Images of records, 64 bytes each, follow one another through all beats in native chunks; a page says where a beat's begin. An account may have
/// more than one in a beat: the first counts. A position is an image's number since the log began.
/// </remarks>
internal sealed unsafe class UndoLog(int beatsMax, long bytesMax) : IDisposable
{
    /// <summary>A flag of a record in the log, never of one in a tree: there was no account before.</summary>
    public const RecordFlags OpenedMark = (RecordFlags)0x8000_0000;

    private const int ChunkImages = 64;

    private readonly Queue<Page> _pages = new();
    private readonly List<nint> _chunks = [];
    private readonly Stack<nint> _idleChunks = new();
    private Page? _newest;
    private AccountRecord* _next;
    private AccountRecord* _end;
    private long _firstPosition;
    private long _holdBytes;

    /// <summary>States as of the end of this beat and of later ones can be made.</summary>
    public BeatNumber Since { get; private set; }

    /// <summary>The beat whose page is open; none when none is.</summary>
    public BeatNumber Current => _newest?.Beat ?? BeatNumber.None;

    private long NextPosition => _firstPosition + ((long)_chunks.Count * ChunkImages) - (_end - _next);

    private long Bytes => _newest is null ? 0 : ((NextPosition - _pages.Peek().Start) * AccountRecord.SizeBytes) + _holdBytes;

    /// <summary>Forgets everything: the state as of <paramref name="beat"/> is the oldest there is.</summary>
    public void Reset(BeatNumber beat)
    {
        while (_pages.Count != 0)
        {
            DropOldest();
        }

        Since = beat;
    }

    /// <summary>Begins the page of a beat, or goes on with it; what is recorded from now on is what was before it.</summary>
    public void Open(BeatNumber beat)
    {
        if (_newest?.Beat == beat)
        {
            return;
        }

        if (_newest is not null && _newest.Start == NextPosition && _newest.Holds.Count == 0)
        {
            // Nothing changed in that beat.
            _newest.Beat = beat;
            return;
        }

        Trim();
        _newest = new Page(beat, NextPosition);
        _pages.Enqueue(_newest);
    }

    /// <summary>Records what a record is before a change.</summary>
    public void Record(AccountRecord* before)
    {
        if (_next == _end)
        {
            AddChunk();
        }

        *_next++ = *before;
    }

    /// <summary>Records that an account was opened.</summary>
    public void RecordOpened(in AccountId id)
    {
        var image = new AccountRecord { Id = id, Flags = OpenedMark };
        Record(&image);
    }

    /// <summary>Records what an account's holds are before a change; null: it has none. The book itself never changes.</summary>
    public void RecordHolds(in AccountId id, HoldBook? before)
    {
        var image = new HoldsImage(id, before);
        OpenPage.Holds.Add(image);
        _holdBytes += image.SizeBytes;
    }

    /// <summary>Forgets the oldest beats beyond the bounds, all of them if need be: no beat may be open that goes on without opening again.</summary>
    public void Trim()
    {
        while (_pages.Count > beatsMax || (_pages.Count != 0 && Bytes > bytesMax))
        {
            Since = _pages.Peek().Beat;
            DropOldest();
        }
    }

    /// <summary>The records that have changed after a beat, as they were at its end; those with <see cref="OpenedMark"/> were none.</summary>
    public Dictionary<AccountId, AccountRecord> RecordsAsOf(BeatNumber beat)
    {
        var records = new Dictionary<AccountId, AccountRecord>();
        long start = _pages.FirstOrDefault(page => page.Beat > beat)?.Start ?? NextPosition;
        for (long position = NextPosition - 1; position >= start; position--)
        {
            (long chunk, long image) = Math.DivRem(position - _firstPosition, ChunkImages);
            AccountRecord record = ((AccountRecord*)_chunks[(int)chunk])[image];
            records[record.Id] = record;
        }

        return records;
    }

    /// <summary>Takes back every change of holds after a beat.</summary>
    public void UndoHolds(BeatNumber beat, Dictionary<AccountId, HoldBook> holds)
    {
        foreach (Page page in _pages.Where(page => page.Beat > beat).Reverse())
        {
            for (int i = page.Holds.Count - 1; i >= 0; i--)
            {
                (AccountId owner, HoldBook? before) = page.Holds[i];
                if (before is null)
                {
                    holds.Remove(owner);
                }
                else
                {
                    holds[owner] = before;
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (nint chunk in _chunks.Concat(_idleChunks))
        {
            NativeMemory.AlignedFree((void*)chunk);
        }

        _chunks.Clear();
        _idleChunks.Clear();
        _pages.Clear();
        _newest = null;
        _next = _end = null;
    }

    private Page OpenPage => _newest ?? throw new InvalidOperationException("No beat is open in the undo log.");

    private void AddChunk()
    {
        _ = OpenPage;
        if (!_idleChunks.TryPop(out nint chunk))
        {
            chunk = (nint)NativeMemory.AlignedAlloc(ChunkImages * AccountRecord.SizeBytes, AccountRecord.SizeBytes);
        }

        _chunks.Add(chunk);
        _next = (AccountRecord*)chunk;
        _end = _next + ChunkImages;
    }

    private void DropOldest()
    {
        foreach (HoldsImage image in _pages.Dequeue().Holds)
        {
            _holdBytes -= image.SizeBytes;
        }

        if (!_pages.TryPeek(out Page? oldest))
        {
            // What is recorded next needs a page first.
            _newest = null;
            _next = _end = null;
            FreeChunks(_chunks.Count);
            return;
        }

        FreeChunks((int)((oldest.Start - _firstPosition) / ChunkImages));
    }

    private void FreeChunks(int count)
    {
        foreach (nint chunk in CollectionsMarshal.AsSpan(_chunks)[..count])
        {
            _idleChunks.Push(chunk);
        }

        _chunks.RemoveRange(0, count);
        _firstPosition += (long)count * ChunkImages;
    }

    private readonly record struct HoldsImage(AccountId Owner, HoldBook? Before)
    {
        public int SizeBytes => AccountRecord.SizeBytes + (Before?.SizeBytes ?? 0);
    }

    /// <summary>The changes of one beat: images from <see cref="Start"/> to where the next page starts.</summary>
    private sealed class Page(BeatNumber beat, long start)
    {
        public BeatNumber Beat { get; set; } = beat;

        public long Start => start;

        public List<HoldsImage> Holds { get; } = [];
    }
}
