using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <summary>The clients of a run: they sign, send, send again, and remember every answer.</summary>
internal sealed partial class Traffic(Scenario scenario, SimulatedChance chance, Witness witness, Func<Timestamp> time, Func<long> nowTicks)
{
    private readonly TransferMaker _maker = new(scenario, chance, witness.Ledger);
    private readonly List<SentTransfer> _all = [];
    private readonly List<Batch> _underway = [];

    /// <summary>The door of the node's present incarnation; null when it is down.</summary>
    public LedgerGateway? Gateway { get; set; }

    public IReadOnlyList<SentTransfer> All => _all;

    public int Underway => _underway.Count;

    /// <summary>When the batch that waits longest was sent; null when none waits.</summary>
    public long? OldestTicks => _underway.Count == 0 ? null : _underway[0].SentAtTicks;

    public int Answers { get; private set; }

    public int Repeats { get; private set; }

    /// <summary>One client does something: new transfers, old ones again, or both, in a batch.</summary>
    public void Act()
    {
        var transfers = new List<SentTransfer>();
        int fresh = (int)chance.Between(1, 4);
        for (int i = 0; i < fresh; i++)
        {
            if (MakeFrame() is { } frame)
            {
                transfers.Add(Keep(frame));
            }
        }

        while (_all.Count > 0 && chance.Hits(0.3))
        {
            transfers.Add(Again());
        }

        Send(transfers, spoiled: chance.Hits(0.05));
        if (chance.Hits(0.2))
        {
            Ask();
        }
    }

    /// <summary>Sends what has no final answer yet again, all of it; returns how many that are.</summary>
    public int SendUnanswered()
    {
        SentTransfer[] unanswered = [.. _all.Where(static transfer => transfer.Answer is null && transfer.Underway == 0)];
        foreach (SentTransfer[] part in unanswered.Chunk(16))
        {
            Send(part, spoiled: false);
        }

        return unanswered.Length;
    }

    /// <summary>A transfer that must be taken: from somebody who has, or from the organization.</summary>
    public SentTransfer SendProbe()
    {
        SentTransfer probe = Keep(_maker.Probe(Expiry()));
        Send([probe], spoiled: false);
        return probe;
    }

    public void Send(IReadOnlyList<SentTransfer> transfers, bool spoiled)
    {
        if (Gateway is not { } gateway || transfers.Count == 0)
        {
            return;
        }

        var batch = new TransferBatch(4096) { SignaturesChecked = !spoiled && chance.Hits(0.9) };
        foreach (SentTransfer transfer in transfers)
        {
            batch.TryAppend(transfer.Frame);
        }

        if (spoiled)
        {
            batch.TryAppend(_maker.Spoil(transfers[0].Frame));
        }

        if (gateway.TrySubmit(batch))
        {
            _underway.Add(new Batch(batch, [.. transfers], nowTicks(), gateway));
            foreach (SentTransfer transfer in transfers)
            {
                transfer.Underway++;
            }
        }
    }

    /// <summary>Takes the answers that have come since the last time.</summary>
    public void Poll()
    {
        for (int i = 0; i < _underway.Count; i++)
        {
            if (_underway[i].Sent.WhenAnswered.IsCompleted)
            {
                Batch batch = _underway[i];
                _underway.RemoveAt(i--);
                Take(batch);
            }
        }

        PollInquiries();
    }

    /// <summary>The node behind a door went down: what it had, nobody will be told about.</summary>
    public void OnDown(LedgerGateway? door)
    {
        if (Gateway == door)
        {
            Gateway = null;
        }

        foreach (Batch batch in _underway.Where(batch => batch.Door == door))
        {
            foreach (SentTransfer transfer in batch.Transfers)
            {
                transfer.Underway--;
            }
        }

        _underway.RemoveAll(batch => batch.Door == door);
        _inquiries.RemoveAll(inquiry => inquiry.Door == door);
    }

    private void Take(Batch batch)
    {
        ReadOnlySpan<TransferAnswer> answers = batch.Sent.Answers;
        for (int i = 0; i < batch.Transfers.Length; i++)
        {
            SentTransfer transfer = batch.Transfers[i];
            transfer.Underway--;
            Answers++;
            if (i < answers.Length)
            {
                witness.OnAnswer(transfer, answers[i], batch.SentAtTicks, time());
            }
            else
            {
                witness.Violate(Rule.EverybodyIsAnswered, $"a batch of {batch.Transfers.Length} has {answers.Length} answers");
            }
        }
    }

    private SentTransfer Keep(byte[] frame)
    {
        var transfer = new SentTransfer(frame);
        _all.Add(transfer);
        return transfer;
    }

    /// <summary>A transfer that was sent before: one of the last, or any.</summary>
    private SentTransfer Again()
    {
        Repeats++;
        int back = (int)chance.Next((ulong)(chance.Hits(0.7) ? Math.Min(_all.Count, 8) : _all.Count));
        return _all[_all.Count - 1 - back];
    }

    private Timestamp Expiry() => new(time().UnixMs + (ulong)(scenario.Cycle.TotalMilliseconds * chance.Between(3, 60)) + 5_000);
}
