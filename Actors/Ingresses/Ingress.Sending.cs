using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Actors.Ingresses;

/// <content>Sends every branch its slice of a batch, in the order of the batch; the refused frames have their answer.</content>
public sealed unsafe partial class Ingress
{
    // So few are put in order by insertion, which costs less than going through all branches.
    private const int InsertedMax = 32;

    // While a batch is partitioned: entry b + 1 counts the frames of branch b that passed, then where they end.
    private readonly int[] _branchStarts;

    private void SendOn(in OpenBatch open)
    {
        TransferBatch batch = open.Batch;
        int passed = _outcomes.AsSpan(open.First, open.Count).Count(Outcome.Pending);
        int refused = batch.Count - passed;
        _options.Counters.AddRefused(refused);
        if (passed <= InsertedMax)
        {
            InsertByBranch(open);
            SendRuns(open, passed);
        }
        else
        {
            PartitionByBranch(open);
            SendParts(batch);
        }

        if (refused != 0)
        {
            batch.NoteAccepted(refused);
            batch.NoteAnswered(refused);
        }
    }

    private void InsertByBranch(in OpenBatch open)
    {
        int[] order = open.Batch.Order;
        int count = 0;
        for (int i = 0; i < open.Count; i++)
        {
            if (_outcomes[open.First + i] != Outcome.Pending)
            {
                continue;
            }

            uint branch = _branches[open.First + i];
            int place = count++;
            for (; place > 0 && _branches[open.First + order[place - 1]] > branch; place--)
            {
                order[place] = order[place - 1];
            }

            order[place] = i;
        }
    }

    // The last slice may give the batch back to its front door: nothing of it is read after that.
    private void SendRuns(in OpenBatch open, int passed)
    {
        TransferBatch batch = open.Batch;
        int[] order = batch.Order;
        for (int start = 0, end; start < passed; start = end)
        {
            uint branch = _branches[open.First + order[start]];
            end = start + 1;
            while (end < passed && _branches[open.First + order[end]] == branch)
            {
                end++;
            }

            Send(batch, branch, start, end);
        }
    }

    private void PartitionByBranch(in OpenBatch open)
    {
        int[] starts = _branchStarts;
        Array.Clear(starts);
        for (int i = open.First; i < open.End; i++)
        {
            if (_outcomes[i] == Outcome.Pending)
            {
                starts[_branches[i] + 1]++;
            }
        }

        for (int branch = 1; branch < starts.Length; branch++)
        {
            starts[branch] += starts[branch - 1];
        }

        // While placing, a branch's entry moves from its start to its end, which is the next one's start.
        int[] order = open.Batch.Order;
        for (int i = 0; i < open.Count; i++)
        {
            if (_outcomes[open.First + i] == Outcome.Pending)
            {
                order[starts[_branches[open.First + i]]++] = i;
            }
        }
    }

    private void SendParts(TransferBatch batch)
    {
        int start = 0;
        for (uint branch = 0; branch < (uint)_branchStarts.Length - 1; branch++)
        {
            int end = _branchStarts[branch];
            if (end != start)
            {
                Send(batch, branch, start, end);
            }

            start = end;
        }
    }

    private void Send(TransferBatch batch, uint branch, int start, int end)
    {
        Branches.BranchSlice slice = batch.Slice(branch);
        slice.Start = start;
        slice.Count = end - start;
        _options.Region.Tell(slice.Envelope, Self);
    }
}
