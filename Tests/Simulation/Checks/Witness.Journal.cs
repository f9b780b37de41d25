using LeitherCluster.Actors;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <content>What was written, what is durable, and what is found when the journal is opened again.</content>
internal sealed partial class Witness
{
    private readonly SortedDictionary<StreamId, List<DurableBlock>> _durable = [];
    private List<DurableBlock> _group = [];
    private bool _commitBegun;

    public void OnWritten(JournalBlock block) =>
        _group.Add(new DurableBlock(block.Key, block.TimeSequence, block.Body.Span.ToArray(), Disturbances));

    public void OnCommitBegun() => _commitBegun = true;

    public void OnCommitted()
    {
        List<DurableBlock> group = _group;
        _group = [];
        _commitBegun = false;
        Add(group);
    }

    /// <summary>The database that nodes share has made a group durable.</summary>
    public void OnGroup(IReadOnlyList<CommittedBlock> group) =>
        Add([.. group.Select(block => new DurableBlock(block.Key, block.TimeSequence, block.Body, Disturbances))]);

    /// <summary>A journal of which nothing is known: what is in it is taken for durable, and executed from the first block on.</summary>
    public void Adopt(IJournalStore store)
    {
        var found = new List<DurableBlock>();
        foreach (StreamId stream in Streams())
        {
            found.AddRange(Compare(store, stream));
        }

        Add([.. found.OrderBy(static block => block.Key.Beat).ThenBy(static block => block.Key.Kind == LedgerStreams.PulseBlock)]);
    }

    /// <summary>The journal is open again: all that was durable must be in it, and whatever was not must not, but for a group that was being committed.</summary>
    public void OnOpened(IJournalStore store)
    {
        var found = new List<DurableBlock>();
        foreach (StreamId stream in Streams())
        {
            found.AddRange(Compare(store, stream));
        }

        bool isWholeGroup = _commitBegun && found.Count == _group.Count && _group.TrueForAll(block => found.Exists(other => other.Key == block.Key && other.Body.AsSpan().SequenceEqual(block.Body)));
        Require(found.Count == 0 || isWholeGroup, Rule.UncommittedIsAbsent, $"{found.Count} blocks are in the journal that were never committed, the first {found.FirstOrDefault()?.Key}");
        List<DurableBlock> group = _group;
        _group = [];
        _commitBegun = false;
        if (isWholeGroup && found.Count != 0)
        {
            Add(group);
        }
    }

    private StreamId[] Streams()
    {
        LedgerId ledger = scenario.Parameters.Ledger;
        return
        [
            LedgerStreams.Root(ledger),
            LedgerStreams.Acceptances(ledger),
            .. Enumerable.Range(0, scenario.BranchCount).Select(branch => LedgerStreams.Branch(ledger, (uint)branch)),
        ];
    }

    private void Add(List<DurableBlock> group)
    {
        foreach (DurableBlock block in group)
        {
            if (!_durable.TryGetValue(block.Key.Stream, out List<DurableBlock>? stream))
            {
                _durable.Add(block.Key.Stream, stream = []);
            }

            stream.Add(block);
        }

        Take(group);
    }

    /// <summary>Compares a stream with what is known of it; returns what comes on top. Only what a snapshot covers may be gone.</summary>
    private List<DurableBlock> Compare(IJournalStore store, StreamId stream)
    {
        List<DurableBlock> known = _durable.GetValueOrDefault(stream) ?? [];
        ulong covered = store.ListSnapshots(stream).Select(static key => key.Beat).DefaultIfEmpty().Max();
        var sink = new CopyingSink();
        store.Replay(stream, 0, ulong.MaxValue, sink);
        int skipped = 0;
        while (skipped < known.Count && known[skipped].Key.Beat <= covered && (sink.Blocks.Count == 0 || sink.Blocks[0].Key != known[skipped].Key))
        {
            skipped++;
        }

        for (int i = skipped; i < known.Count; i++)
        {
            int at = i - skipped;
            if (at >= sink.Blocks.Count || sink.Blocks[at].Key != known[i].Key || !sink.Blocks[at].Body.AsSpan().SequenceEqual(known[i].Body))
            {
                Violate(Rule.DurableIsKept, $"{known[i].Key} was durable and is not what the journal holds, which is {(at < sink.Blocks.Count ? sink.Blocks[at].Key : "nothing")}");
                return [];
            }
        }

        return sink.Blocks[(known.Count - skipped)..];
    }

    private sealed class CopyingSink : IBlockSink
    {
        public List<DurableBlock> Blocks { get; } = [];

        public bool OnBlock(JournalBlock block)
        {
            Blocks.Add(new DurableBlock(block.Key, block.TimeSequence, block.Body.Span.ToArray(), 0));
            block.Body.Release();
            return true;
        }
    }
}
