using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Nodes;

/// <summary>Who owns the streams of one ledger at one version of the cluster's layout. Every stream has an owner.</summary>
public sealed class LedgerLayout
{
    private readonly ShardOwner[] _branches;
    private readonly bool _isSpread;

    private LedgerLayout(ulong version, NodeId self, ShardOwner root, ShardOwner acceptances, ShardOwner[] branches, bool isSpread)
    {
        _isSpread = isSpread;
        Version = version;
        Self = self;
        Root = root;
        Acceptances = acceptances;
        _branches = branches;
        Nodes = [.. branches.Select(static owner => owner.Node).Distinct().OrderBy(static node => node.Name, StringComparer.Ordinal).ThenBy(static node => node.Incarnation)];
        Local = Of(self);
    }

    public ulong Version { get; }

    /// <summary>The node that looks at it.</summary>
    public NodeId Self { get; }

    /// <summary>Owner of the root's stream: chief, clock and trunks live there.</summary>
    public ShardOwner Root { get; }

    /// <summary>Owner of the registered standing acceptances.</summary>
    public ShardOwner Acceptances { get; }

    /// <summary>The nodes that own branches, in the order of their names: those that take part in a pulse.</summary>
    public IReadOnlyList<NodeId> Nodes { get; }

    /// <summary>The branches of this node.</summary>
    public BranchSet Local { get; }

    /// <summary>
    /// Everything lives on this node, and each group of its journal is whole. Over a journal in several parts a node goes through a pulse as one of many
    /// does, since after a crash its branches may stand as differently as those of several nodes.
    /// </summary>
    public bool IsAlone => !_isSpread && Root.Node == Self && Nodes.Count == 1 && Nodes[0] == Self;

    public int BranchCount => _branches.Length;

    /// <summary>All streams of a ledger, in the order in which they are planned: root, acceptances, branches.</summary>
    public static IReadOnlyList<StreamId> StreamsOf(LedgerParameters parameters) =>
    [
        LedgerStreams.Root(parameters.Ledger),
        LedgerStreams.Acceptances(parameters.Ledger),
        .. Enumerable.Range(0, 1 << parameters.Bands.DepthBits).Select(branch => LedgerStreams.Branch(parameters.Ledger, (uint)branch)),
    ];

    /// <summary>The layout of a node that is a cluster of its own.</summary>
    /// <param name="isSpread">as its journal is: <see cref="IJournal.IsSpread"/></param>
    public static LedgerLayout Alone(NodeId self, LedgerParameters parameters, uint epoch, bool isSpread)
    {
        var owner = new ShardOwner(self, epoch);
        var branches = new ShardOwner[1 << parameters.Bands.DepthBits];
        Array.Fill(branches, owner);
        return new LedgerLayout(1, self, owner, owner, branches, isSpread);
    }

    /// <summary>One ledger's part of a cluster's layout; null when some stream of it has no owner yet.</summary>
    /// <param name="isSpread">as the journal is: <see cref="IJournal.IsSpread"/></param>
    public static LedgerLayout? Of(ShardLayout layout, NodeId self, LedgerParameters parameters, bool isSpread)
    {
        IReadOnlyList<StreamId> streams = StreamsOf(parameters);
        var owners = new ShardOwner[streams.Count];
        for (int i = 0; i < owners.Length; i++)
        {
            if (!layout.Owners.TryGetValue(streams[i], out owners[i]))
            {
                return null;
            }
        }

        return new LedgerLayout(layout.Version, self, owners[0], owners[1], owners[2..], isSpread);
    }

    public ShardOwner Owner(uint branch) => _branches[branch];

    /// <summary>The branches of a node.</summary>
    public BranchSet Of(NodeId node)
    {
        var set = new BranchSet(_branches.Length);
        for (uint branch = 0; branch < (uint)_branches.Length; branch++)
        {
            if (_branches[branch].Node == node)
            {
                set.Add(branch);
            }
        }

        return set;
    }
}
