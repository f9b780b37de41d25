using LeitherCluster.Actors;
using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Actors.Ingresses;

/// <summary>An ingress alone on a simulated node, before branches that take whatever comes and answer busy.</summary>
internal sealed class OneIngress : IDisposable
{
    public const ulong Now = 1_760_000_000_000;

    private readonly SimulatedCluster _cluster = new(seed: 1);
    private readonly SimulatedNode _node;
    private readonly IngressDoor _door;
    private readonly Branches _branches = new();
    private readonly IActorRef _branchesRef;

    public OneIngress(Demo demo, int waitingMax = 1_000, Func<IngressOptions, IngressOptions>? change = null)
    {
        _node = _cluster.AddNode("node", static _ => { });
        _node.Boot();
        _cluster.RunFor(TimeSpan.FromMilliseconds(50));
        _branchesRef = _node.System.Spawn(Props.Create(() => _branches), "branches");
        var room = new WaitingRoom(waitingMax);
        var options = new IngressOptions
        {
            Parameters = demo.Parameters,
            Region = _branchesRef,
            Room = room,
            Counters = Counters,
            CommittedAt = new Timestamp(Now),
        };
        options = change?.Invoke(options) ?? options;
        _door = new IngressDoor(_node.System.Spawn(Props.Create(() => new Ingress(options)), "ingress"), room);
    }

    public LedgerCounters Counters { get; } = new();

    public bool TrySubmit(TransferBatch batch) => _door.TrySubmit(batch);

    /// <summary>Submits a batch of a source, which must be taken.</summary>
    public TransferBatch Submit(ulong source, params IEnumerable<byte[]> frames)
    {
        TransferBatch batch = BatchOf(frames);
        batch.Source = new SourceId(0, source);
        Assert.True(TrySubmit(batch));
        return batch;
    }

    public static TransferBatch BatchOf(IEnumerable<byte[]> frames)
    {
        var batch = new TransferBatch();
        foreach (byte[] frame in frames)
        {
            Assert.True(batch.TryAppend(frame));
        }

        return batch;
    }

    /// <summary>How many of a batch's frames came to a branch.</summary>
    public int PassedOf(TransferBatch batch) => _branches.Passed.GetValueOrDefault(batch);

    /// <summary>From now on the branches accept nothing.</summary>
    public void HoldBranches() => _branches.Holds = true;

    /// <summary>They accept what came meanwhile, and what comes.</summary>
    public void ReleaseBranches()
    {
        _branches.Holds = false;
        _branchesRef.Tell(Branches.Release);
    }

    /// <summary>Lets virtual time go by; what is to be done is done.</summary>
    public void Run(TimeSpan? time = null) => _cluster.RunFor(time ?? TimeSpan.FromMilliseconds(50));

    public void Dispose() => _cluster.Dispose();

    private sealed class Branches : Actor
    {
        public static readonly object Release = new();

        private readonly List<BranchSlice> _held = [];

        public bool Holds { get; set; }

        public Dictionary<TransferBatch, int> Passed { get; } = [];

        protected override void Receive(object message)
        {
            if (message is ShardEnvelope<uint> envelope)
            {
                var slice = (BranchSlice)envelope.Message;
                Passed[slice.Batch] = Passed.GetValueOrDefault(slice.Batch) + slice.Count;
                _held.Add(slice);
            }

            if (!Holds)
            {
                _held.ForEach(static slice => slice.Release());
                _held.Clear();
            }
        }
    }
}
