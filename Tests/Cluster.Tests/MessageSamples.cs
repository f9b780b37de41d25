using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Cluster.Operators;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Tests.Cluster;

/// <summary>Messages of every kind, drawn from a seed.</summary>
internal sealed class MessageSamples(int seed)
{
    private static readonly TransferEvidence s_evidence = Evidence();
    private readonly Random _random = new(seed);

    /// <summary>One of each.</summary>
    public IWireMessage[] All =>
    [
        new Ping(Node(), U64(), U64()),
        new Pong(Node(), U64(), U64()),
        new ProbeFor(Node(), U64()),
        new ProbeHeard(Node(), U64()),
        new MembershipNews(U64()),
        new ChangeMemberState(Node(), Any<MemberState>()),
        new MemberStateChanged(Node(), Any<MemberState>()),
        new MemberChangeRefused(Node(), Any<MemberState>(), Any<MemberChangeRefusal>()),
        GetMembershipStatus.Instance,
        new MembershipStatus(Coin() ? Node() : null, new MemberTable(U64(), Many(Member)), Many(Node), Many(Node), Coin(), Coin()),
        new JoinTerm(Term(), Coin() ? Statement() : null),
        new TermJoined(Term(), Node(), Many(Standing)),
        new TermUnknown(Term(), Node()),
        new OpenBeat(Beat(), Time(), Sequence(), Coin(), Term()),
        new NodeReport(Term(), Beat(), Node(), Many(Entry), new PhaseTimes(I64(), I64(), I64())),
        new PulseEnded(Term(), Beat(), Time(), Sequence(), Coin(), Coin() ? Statement() : null, Coin() ? Summary() : null),
        new BeatSettled(Term(), Beat(), Node()),
        new SectionsOffered(Term(), Beat(), Node(), Bytes(_random.Next(500))),
        new SectionsMissing(Term(), Beat(), Node()),
        new LayoutChanged(U64()),
        new FollowPulses(Node()),
        new PausePulse(U64()),
        new PulsePaused(U64()),
        new ReleaseStreams(U64(), Many(Stream)),
        new StreamsReleased(U64(), Node()),
        new PrepareStreams(U64(), Many(Stream)),
        new StreamsPrepared(U64(), Node()),
        Slices(),
        new SlicesAccepted(U64()),
        new SlicesAnswered(U64(), Many(() => new TransferAnswer(Sequence(), (uint)U64(), (uint)U64(), Any<Outcome>()))),
        new Question(U64(), Coin() ? (uint)U64() : null, new FindPlace(Hash(), null)),
        new QuestionAnswered(U64(), Node(), Coin() ? new PlacesSearched(Many(() => (uint)U64())) : new PlaceFound(Place())),
        new ReadBranchAccount(Account(), Beat(), Sequence(), Path()),
        new BranchAccount(Coin() ? AccountProof.OfEmptyTree(Account()) : null, Many(() => new Hold(U64(), Amount(), Time(), Account(), Account()))),
        new ReadBranchTransfer(Beat(), (uint)U64()),
        new BranchTransfer(Coin() ? s_evidence : null, Coin() ? WindowPath() : null),
        new ReadPulse(Coin() ? Sequence() : null),
        new PulseRead(Coin() ? new PulseBlock(Statement(), Many(Entry)) : null, Many(Entry)),
        new RegisterAcceptance(Key(), Acceptance()),
        new AcceptanceRegistered(Any<Outcome>()),
        new FindAcceptance(Account(), Account(), Amount()),
        new AcceptanceFound(Coin() ? new RegisteredAcceptance(Key(), Acceptance()) : null),
        new FindPlace(Hash(), Coin() ? (uint)U64() : null),
        new PlaceFound(Coin() ? Place() : null),
        new PlacesSearched(Many(() => (uint)U64())),
        new NodeQuestion("log", "show", "{\"last\":\"5\"}", "alice"),
        new NodeReply((int)U64(), "", "{}"),
    ];

    private static TransferEvidence Evidence()
    {
        using PrivateKey sender = PrivateKey.FromSeed(new byte[32]);
        using PrivateKey receiver = PrivateKey.FromSeed([.. Enumerable.Repeat((byte)1, 32)]);
        TransferBody body = new()
        {
            Kind = TransferKind.Pay,
            Sender = AccountIds.Of(sender.PublicKey),
            Receiver = AccountIds.Of(receiver.PublicKey),
            Amount = new Amount(5),
            Nonce = 1,
            Expiry = new Timestamp(9),
        };
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        int length = TransferBuilder.Pay(frame, body, sender, Ledger.Transfers.Acceptance.BySignature(receiver.PublicKey, TransferBuilder.Sign(body, receiver)));
        Assert.True(TransferEvidence.TryRead(TransferEvidenceForm.Frame, frame.AsSpan(0, length), out TransferEvidence? evidence));
        return evidence!;
    }

    private SlicesForwarded Slices()
    {
        SliceRun[] runs = Many(() => new SliceRun((uint)U64(), _random.Next(1, 5)));
        return new SlicesForwarded(Node(), U64(), runs, Bytes(_random.Next(500)), Bytes(runs.Sum(run => run.Count) * Hash256.ByteLength));
    }

    private TreePath Path()
    {
        PathNode[] nodes = [.. Enumerable.Range(0, _random.Next(10)).Select(i => new PathNode(i * 7, Hash(), i < 3 ? U64() : 0))];
        Assert.True(TreePath.TryCreate(nodes, Math.Min(3, nodes.Length), nodes.Length == 0 ? 0 : U64(), out TreePath? path));
        return path!;
    }

    private WindowPath WindowPath()
    {
        Assert.True(Ledger.Transfers.WindowPath.TryCreate(new WindowPosition((uint)U64(), 3), 3, 0, [Hash(), Hash()], out WindowPath? path));
        return path!;
    }

    private TransferPlace Place() => new(Hash(), Sequence(), Beat(), Time(), (uint)U64(), (uint)U64());

    private StandingAcceptance Acceptance() => new(
        new StandingTerms { Ledger = default, Receiver = Account(), Payer = Account(), LargestAmount = Amount(), Expiry = Time() },
        new Signature(Bytes(Signature.ByteLength)));

    private StreamId Stream() => new(Bytes(StreamId.ScopeSize), (ushort)_random.Next(9), (uint)U64());

    private AccountId Account() => new(Bytes(AccountId.SizeBytes));

    private PublicKey Key() => new(Bytes(PublicKey.ByteLength));

    private Amount Amount() => new(U64());

    private NodeId Node() => new($"node-{_random.Next(1000)}", (uint)U64());

    private Member Member() => new(Node(), $"host-{_random.Next(100)}:{_random.Next(65_536)}", (MemberRoles)_random.Next((int)MemberRoles.All + 1), $"0.{_random.Next(9)}.0", Any<MemberState>(), U64());

    private Term Term() => new(U64(), (uint)U64());

    private BeatNumber Beat() => new(U64());

    private Timestamp Time() => new(U64());

    private TimeSequence Sequence() => new(U64());

    private Hash256 Hash() => new(Bytes(Hash256.ByteLength));

    /// <summary>The messages that grow with the number of branches.</summary>
    public IWireMessage[] AboutManyBranches(int count)
    {
        BranchEntry[] entries = [.. Enumerable.Range(0, count).Select(_ => Entry())];
        return
        [
            new TermJoined(Term(), Node(), [.. Enumerable.Range(0, count).Select(_ => Standing())]),
            new NodeReport(Term(), Beat(), Node(), entries, new PhaseTimes(I64(), I64(), I64())),
            new QuestionAnswered(U64(), Node(), new PulseRead(new PulseBlock(Statement(), entries), entries)),
        ];
    }

    private BranchStanding Standing() => new(Term(), (uint)U64(), (uint)U64(), Beat(), Time(), Beat(), Hash(), new Synopsis(Hash(), U64()), I64(), Coin() ? Time() : null);

    private BranchEntry Entry() => new((uint)U64(), (uint)U64(), U64(), U64(), Hash(), Hash(), Hash());

    private PulseSummary Summary() => new(Beat(), Sequence(), Time(), Coin(), Hash(), new Amount(U64()), (int)I64(), (int)I64(), I64(), I64(), I64(), I64());

    private SignedStatement Statement()
    {
        RootStatement statement = new()
        {
            Ledger = default,
            Translucency = (uint)_random.Next(161),
            TimeSequence = new TimeSequence(2 + (U64() >> 2)),
            Beat = Beat(),
            Timestamp = Time(),
            Previous = Hash(),
            Root = Hash(),
            Sum = new Amount(U64()),
            Windows = Hash(),
            Committee = Hash(),
            Parameters = Hash(),
        };
        StatementSignature[] signatures = [.. Enumerable.Range(0, _random.Next(4)).Select(i => new StatementSignature((uint)i, new Signature(Bytes(Signature.ByteLength))))];
        Assert.True(SignedStatement.TryCreate(statement, signatures, out SignedStatement? signed));
        return signed!;
    }

    private T[] Many<T>(Func<T> one) => [.. Enumerable.Range(0, _random.Next(5)).Select(_ => one())];

    private TEnum Any<TEnum>()
        where TEnum : struct, Enum
        => Enum.GetValues<TEnum>()[_random.Next(Enum.GetValues<TEnum>().Length)];

    private bool Coin() => _random.Next(2) == 0;

    /// <summary>Small and large ones alike.</summary>
    private ulong U64() => (ulong)_random.NextInt64() * 2 >> _random.Next(64);

    private long I64() => _random.NextInt64() >> _random.Next(63);

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
