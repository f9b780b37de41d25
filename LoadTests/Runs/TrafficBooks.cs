using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>
/// What rounds of a traffic did, kept so briefly that half an hour of a million a second fits: of each batch how often it was answered, and the payments
/// that were not committed one by one. For runs whose journal is compacted, so that it cannot be read from its beginning. Thread-safe.
/// </summary>
internal sealed unsafe class TrafficBooks(Traffic traffic)
{
    private readonly Lock _gate = new();
    private readonly Round[] _rounds = new Round[traffic.Batches.Length];
    private readonly Dictionary<(int Batch, int Frame), HashSet<ulong>> _refused = [];

    /// <summary>A batch is answered.</summary>
    /// <param name="number">which of the traffic</param>
    public void Note(int number)
    {
        TransferBatch batch = traffic.Batches[number];
        lock (_gate)
        {
            _rounds[number] = new Round(_rounds[number].Count + 1, NonceOf(batch, 0));
            ReadOnlySpan<TransferAnswer> answers = batch.Answers;
            for (int frame = 0; frame < answers.Length; frame++)
            {
                if (answers[frame].Outcome != Outcome.Committed)
                {
                    if (!_refused.TryGetValue((number, frame), out HashSet<ulong>? nonces))
                    {
                        nonces = _refused[(number, frame)] = [];
                    }

                    nonces.Add(NonceOf(batch, frame));
                }
            }
        }
    }

    /// <summary>Books all that was committed in plain accounts. To be called when nothing is under way any more.</summary>
    public void AddTo(JournalAudit accounts)
    {
        lock (_gate)
        {
            for (int number = 0; number < _rounds.Length; number++)
            {
                for (int frame = 0; frame < traffic.BatchFrames && _rounds[number].Count != 0; frame++)
                {
                    Add(accounts, number, frame);
                }
            }
        }
    }

    private static ulong NonceOf(TransferBatch batch, int frame) => new TransferFrame(batch.Frames + ((long)frame * Traffic.FrameBytes)).Body.Nonce;

    private void Add(JournalAudit accounts, int number, int frame)
    {
        TransferBatch batch = traffic.Batches[number];
        ref readonly TransferBody body = ref new TransferFrame(batch.Frames + ((long)frame * Traffic.FrameBytes)).Body;

        // A batch may have been made ready for a round that was not sent any more.
        ulong last = body.Nonce - (NonceOf(batch, 0) - _rounds[number].LastNonce);
        HashSet<ulong>? refused = _refused.GetValueOrDefault((number, frame));
        ulong committed = (ulong)(_rounds[number].Count - (refused?.Count ?? 0));
        PlainAccount sender = accounts.Account(body.Sender);
        sender.Spend(committed * body.Amount.Units);
        accounts.Account(body.Receiver).Receive(committed * body.Amount.Units);

        // What lies behind the window of the newest nonce leaves no trace.
        for (int round = 0; round < _rounds[number].Count && (ulong)round * (ulong)traffic.NonceStep < NonceWindow.Width; round++)
        {
            ulong nonce = last - ((ulong)round * (ulong)traffic.NonceStep);
            if (refused is null || !refused.Contains(nonce))
            {
                sender.Spend(0, nonce);
            }
        }
    }

    private readonly record struct Round(long Count, ulong LastNonce);
}
