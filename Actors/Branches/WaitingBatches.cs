using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;

namespace LeitherCluster.Actors.Branches;

/// <summary>
/// The batches that wait for transfers in a branch's windows, each under a number that its waiters carry. Answers are written as they come and told
/// to a batch in one go, since its count is shared by all branches. A number is free again when all that its batch waited for is told.
/// </summary>
internal sealed class WaitingBatches : IAnswerSink
{
    private readonly Stack<int> _free = new();
    private readonly List<int> _touched = [];
    private Entry[] _entries = new Entry[16];
    private int _count;

    /// <summary>Takes a batch in; <see cref="Expect"/> follows.</summary>
    public int Add(TransferBatch batch)
    {
        if (!_free.TryPop(out int number))
        {
            number = _count++;
            if (number == _entries.Length)
            {
                Array.Resize(ref _entries, _count * 2);
            }
        }

        _entries[number] = new Entry { Batch = batch };
        return number;
    }

    /// <summary>Says how many answers the batch waits for; with none it is let go.</summary>
    public void Expect(int number, int answers)
    {
        _entries[number].Waiting = answers;
        if (answers == 0)
        {
            Free(number);
        }
    }

    public void Answer(Waiter waiter, in TransferAnswer answer)
    {
        if (waiter == Waiter.Nobody)
        {
            return;
        }

        ref Entry entry = ref _entries[waiter.Slice];
        entry.Batch!.AnswerSlots[waiter.Frame] = answer;
        if (entry.Answered++ == 0)
        {
            _touched.Add(waiter.Slice);
        }
    }

    /// <summary>Tells every batch how many of its frames have been answered since the last time. Returns how many that are in all.</summary>
    /// <param name="unsettled">the answers say nothing about what became of the frames</param>
    public int Flush(bool unsettled = false)
    {
        int all = 0;
        foreach (int number in _touched)
        {
            ref Entry entry = ref _entries[number];
            TransferBatch batch = entry.Batch!;
            int answered = entry.Answered;
            entry.Answered = 0;
            all += answered;
            entry.Waiting -= answered;
            if (entry.Waiting == 0)
            {
                Free(number);
            }

            if (unsettled)
            {
                batch.NoteUnsettled();
            }

            batch.NoteAnswered(answered);
        }

        _touched.Clear();
        return all;
    }

    private void Free(int number)
    {
        _entries[number] = default;
        _free.Push(number);
    }

    private struct Entry
    {
        public TransferBatch? Batch;
        public int Waiting;
        public int Answered;
    }
}
