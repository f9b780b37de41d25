using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Sharding;

/// <summary>What every store of the layout keeps. Each backend runs all of it.</summary>
public abstract class LayoutStoreConformance
{
    private static readonly NodeId s_a = new("a", 1);
    private static readonly NodeId s_b = new("b-2.c_d", uint.MaxValue);

    private readonly Inbox _inbox = new();

    protected abstract ILayoutStore Store { get; }

    /// <summary>Lets the store work until the condition holds, a few seconds at most.</summary>
    protected abstract void Until(Func<bool> condition);

    [Fact]
    public void Read_NothingThere_IsEmpty()
    {
        ShardLayout layout = Read();
        Assert.Equal((0UL, 0), (layout.Version, layout.Owners.Count));
    }

    [Fact]
    public void Advance_NewStreams_AreOwnedUnderAnEpochAboveZero()
    {
        ShardLayout layout = Advanced(0, (1, s_a), (2, s_b));
        Assert.Equal(1UL, layout.Version);
        Assert.Equal((s_a, s_b), (layout.Owners[Stream(1)].Node, layout.Owners[Stream(2)].Node));
        Assert.All(layout.Owners.Values, static owner => Assert.True(owner.Epoch > 0));
        Assert.Equal(layout.Owners.OrderBy(static owner => owner.Key), Read().Owners.OrderBy(static owner => owner.Key));
    }

    [Fact]
    public void Advance_StreamThereAndBack_RaisesItsEpochEachTimeAndNoOthers()
    {
        ShardOwner first = Advanced(0, (1, s_a), (2, s_a)).Owners[Stream(1)];
        ShardOwner second = Advanced(1, (1, s_b)).Owners[Stream(1)];
        ShardLayout layout = Advanced(2, (1, s_a));
        Assert.True(layout.Owners[Stream(1)].Epoch > second.Epoch && second.Epoch > first.Epoch);
        Assert.Equal(first with { }, layout.Owners[Stream(2)]);
        Assert.Equal(3UL, layout.Version);
    }

    [Fact]
    public void Advance_OfAnOlderVersion_IsAConflictAndChangesNothing()
    {
        Advanced(0, (1, s_a));
        LayoutConflict conflict = Assert.IsType<LayoutConflict>(Advance(0, (1, s_b), (2, s_b)));
        Assert.Equal((1UL, s_a), (conflict.Current.Version, conflict.Current.Owners.Single().Value.Node));
        Assert.IsType<LayoutConflict>(Advance(2, (1, s_b)));
        Assert.Equal(s_a, Read().Owners.Single().Value.Node);
    }

    [Fact]
    public void Advance_ManyStreams_AllAtOnce()
    {
        ShardLayout layout = Advanced(0, [.. Enumerable.Range(0, 1_000).Select(static i => (i, i % 2 == 0 ? s_a : s_b))]);
        Assert.Equal(500, layout.Owners.Values.Count(static owner => owner.Node == s_b));
    }

    /// <summary>A branch of a ledger.</summary>
    protected static StreamId Stream(int index)
    {
        byte[] scope = new byte[StreamId.ScopeSize];
        scope[0] = 7;
        return new StreamId(scope, 1, (uint)index);
    }

    protected ShardLayout Read() => Assert.IsType<LayoutRead>(Ask(inbox => Store.Read(inbox))).Layout;

    protected ShardLayout Advanced(ulong version, params (int Stream, NodeId To)[] moves)
    {
        object answer = Advance(version, moves);
        return answer is LayoutUnavailable unavailable ? throw new InvalidOperationException(unavailable.Reason) : Assert.IsType<LayoutAdvanced>(answer).Layout;
    }

    protected object Advance(ulong version, params (int Stream, NodeId To)[] moves) =>
        Ask(inbox => Store.Advance(version, [.. moves.Select(static move => new ShardMove(Stream(move.Stream), move.To))], inbox));

    private object Ask(Action<IActorRef> question)
    {
        question(_inbox);
        Until(() => !_inbox.IsEmpty);
        return _inbox.Take();
    }
}
