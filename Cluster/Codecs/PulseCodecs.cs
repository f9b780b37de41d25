using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Cluster.Protos;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>The messages of a pulse, as pulse.proto has them.</summary>
internal static class PulseCodecs
{
    public static IEnumerable<IMessageCodec> All =>
    [
        new ProtobufCodec<JoinTerm, JoinTermMessage>(32, JoinTermMessage.Parser, Write, Read),
        new ProtobufCodec<TermJoined, TermJoinedMessage>(33, TermJoinedMessage.Parser, Write, Read),
        new ProtobufCodec<TermUnknown, TermUnknownMessage>(
            34,
            TermUnknownMessage.Parser,
            message => new TermUnknownMessage { Term = Fields.Write(message.Term), Node = Fields.Write(message.Node) },
            proto => new TermUnknown(Fields.Read(proto.Term), Fields.Read(proto.Node))),
        new ProtobufCodec<OpenBeat, OpenBeatMessage>(
            35,
            OpenBeatMessage.Parser,
            message => new OpenBeatMessage { Beat = message.Beat.Value, At = message.At.UnixMs, Sequence = message.Sequence.Value, Finish = message.Finish, Term = Fields.Write(message.Term) },
            proto => new OpenBeat(new BeatNumber(proto.Beat), new Timestamp(proto.At), new TimeSequence(proto.Sequence), proto.Finish, Fields.Read(proto.Term))),
        new ProtobufCodec<NodeReport, NodeReportMessage>(36, NodeReportMessage.Parser, Write, Read),
        new ProtobufCodec<PulseEnded, PulseEndedMessage>(37, PulseEndedMessage.Parser, Write, Read),
        new ProtobufCodec<BeatSettled, BeatSettledMessage>(
            38,
            BeatSettledMessage.Parser,
            message => new BeatSettledMessage { Term = Fields.Write(message.Term), Beat = message.Beat.Value, Node = Fields.Write(message.Node) },
            proto => new BeatSettled(Fields.Read(proto.Term), new BeatNumber(proto.Beat), Fields.Read(proto.Node))),
        new SectionsOfferedCodec(39),
        new ProtobufCodec<SectionsMissing, SectionsMissingMessage>(
            40,
            SectionsMissingMessage.Parser,
            message => new SectionsMissingMessage { Term = Fields.Write(message.Term), Beat = message.Beat.Value, From = Fields.Write(message.From) },
            proto => new SectionsMissing(Fields.Read(proto.Term), new BeatNumber(proto.Beat), Fields.Read(proto.From))),
        new ProtobufCodec<LayoutChanged, LayoutChangedMessage>(
            41,
            LayoutChangedMessage.Parser,
            message => new LayoutChangedMessage { Version = message.Version },
            proto => new LayoutChanged(proto.Version)),
        new ProtobufCodec<FollowPulses, FollowPulsesMessage>(
            42,
            FollowPulsesMessage.Parser,
            message => new FollowPulsesMessage { Node = Fields.Write(message.Node) },
            proto => new FollowPulses(Fields.Read(proto.Node))),
        new ProtobufCodec<PausePulse, PausePulseMessage>(
            43,
            PausePulseMessage.Parser,
            message => new PausePulseMessage { Layout = message.Layout },
            proto => new PausePulse(proto.Layout)),
        new ProtobufCodec<PulsePaused, PulsePausedMessage>(
            44,
            PulsePausedMessage.Parser,
            message => new PulsePausedMessage { Layout = message.Layout },
            proto => new PulsePaused(proto.Layout)),
        new ProtobufCodec<ReleaseStreams, ReleaseStreamsMessage>(
            45,
            ReleaseStreamsMessage.Parser,
            message => new ReleaseStreamsMessage { Layout = message.Layout, Streams = Fields.Write(message.Streams) },
            proto => new ReleaseStreams(proto.Layout, Fields.ReadStreams(proto.Streams))),
        new ProtobufCodec<StreamsReleased, StreamsReleasedMessage>(
            46,
            StreamsReleasedMessage.Parser,
            message => new StreamsReleasedMessage { Layout = message.Layout, Node = Fields.Write(message.Node) },
            proto => new StreamsReleased(proto.Layout, Fields.Read(proto.Node))),
        new ProtobufCodec<PrepareStreams, PrepareStreamsMessage>(
            47,
            PrepareStreamsMessage.Parser,
            message => new PrepareStreamsMessage { Layout = message.Layout, Streams = Fields.Write(message.Streams) },
            proto => new PrepareStreams(proto.Layout, Fields.ReadStreams(proto.Streams))),
        new ProtobufCodec<StreamsPrepared, StreamsPreparedMessage>(
            48,
            StreamsPreparedMessage.Parser,
            message => new StreamsPreparedMessage { Layout = message.Layout, Node = Fields.Write(message.Node) },
            proto => new StreamsPrepared(proto.Layout, Fields.Read(proto.Node))),
    ];

    private static JoinTermMessage Write(JoinTerm message)
    {
        JoinTermMessage proto = new() { Term = Fields.Write(message.Term) };
        if (message.Last is { } last)
        {
            proto.Last = Fields.Write(last);
        }

        return proto;
    }

    private static JoinTerm Read(JoinTermMessage proto) => new(Fields.Read(proto.Term), proto.HasLast ? Fields.ReadStatement(proto.Last) : null);

    private static TermJoinedMessage Write(TermJoined message)
    {
        TermJoinedMessage proto = new() { Term = Fields.Write(message.Term), Node = Fields.Write(message.Node) };
        proto.Branches.AddRange(message.Branches.Select(Write));
        return proto;
    }

    private static TermJoined Read(TermJoinedMessage proto) => new(Fields.Read(proto.Term), Fields.Read(proto.Node), [.. proto.Branches.Select(Read)]);

    private static Standing Write(BranchStanding standing)
    {
        Standing proto = new()
        {
            Term = Fields.Write(standing.Term),
            Branch = standing.Branch,
            Epoch = standing.Epoch,
            SealedBeat = standing.SealedBeat.Value,
            SealedAt = standing.SealedAt.UnixMs,
            CreditedBeat = standing.CreditedBeat.Value,
            BlockHash = Fields.Write(standing.BlockHash),
            Digest = Fields.Write(standing.Synopsis.Digest),
            Sum = standing.Synopsis.Sum,
            Accounts = standing.Accounts,
        };
        if (standing.Deadline is { } deadline)
        {
            proto.Deadline = deadline.UnixMs;
        }

        return proto;
    }

    private static BranchStanding Read(Standing proto) => new(
        Fields.Read(proto.Term),
        proto.Branch,
        proto.Epoch,
        new BeatNumber(proto.SealedBeat),
        new Timestamp(proto.SealedAt),
        new BeatNumber(proto.CreditedBeat),
        Fields.ReadHash(proto.BlockHash),
        new Synopsis(Fields.ReadHash(proto.Digest), proto.Sum),
        proto.Accounts,
        proto.HasDeadline ? new Timestamp(proto.Deadline) : null);

    private static NodeReportMessage Write(NodeReport message) => new()
    {
        Term = Fields.Write(message.Term),
        Beat = message.Beat.Value,
        Node = Fields.Write(message.Node),
        Entries = Fields.WriteAll(message.Entries),
        SealedUs = message.Times.SealedUs,
        DurableUs = message.Times.DurableUs,
        CreditedUs = message.Times.CreditedUs,
    };

    private static NodeReport Read(NodeReportMessage proto) => new(
        Fields.Read(proto.Term),
        new BeatNumber(proto.Beat),
        Fields.Read(proto.Node),
        Fields.ReadAll<BranchEntry>(proto.Entries),
        new PhaseTimes(proto.SealedUs, proto.DurableUs, proto.CreditedUs));

    private static PulseEndedMessage Write(PulseEnded message)
    {
        PulseEndedMessage proto = new()
        {
            Term = Fields.Write(message.Term),
            Beat = message.Beat.Value,
            At = message.At.UnixMs,
            Sequence = message.Sequence.Value,
            Changed = message.Changed,
            Summary = message.Summary is { } summary ? Write(summary) : null,
        };
        if (message.Statement is { } statement)
        {
            proto.Statement = Fields.Write(statement);
        }

        return proto;
    }

    private static PulseEnded Read(PulseEndedMessage proto) => new(
        Fields.Read(proto.Term),
        new BeatNumber(proto.Beat),
        new Timestamp(proto.At),
        new TimeSequence(proto.Sequence),
        proto.Changed,
        proto.HasStatement ? Fields.ReadStatement(proto.Statement) : null,
        proto.Summary is null ? null : Read(proto.Summary));

    private static Summary Write(PulseSummary summary) => new()
    {
        Beat = summary.Beat.Value,
        Sequence = summary.Sequence.Value,
        At = summary.At.UnixMs,
        Changed = summary.Changed,
        Root = Fields.Write(summary.Root),
        Supply = summary.Supply.Units,
        Transfers = summary.Transfers,
        Branches = summary.Branches,
        SealedUs = summary.SealedUs,
        DurableUs = summary.DurableUs,
        CreditedUs = summary.CreditedUs,
        CommittedUs = summary.CommittedUs,
    };

    private static PulseSummary Read(Summary proto) => new(
        new BeatNumber(proto.Beat),
        new TimeSequence(proto.Sequence),
        new Timestamp(proto.At),
        proto.Changed,
        Fields.ReadHash(proto.Root),
        new Amount(proto.Supply),
        proto.Transfers,
        proto.Branches,
        proto.SealedUs,
        proto.DurableUs,
        proto.CreditedUs,
        proto.CommittedUs);
}
