using LeitherCluster.Cluster.Protos;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>The messages of membership, as membership.proto has them.</summary>
internal static class MembershipCodecs
{
    public static IEnumerable<IMessageCodec> All =>
    [
        new ProtobufCodec<Ping, PingMessage>(
            1,
            PingMessage.Parser,
            message => new PingMessage { To = Fields.Write(message.To), Sequence = message.Sequence, Version = message.Version },
            proto => new Ping(Fields.Read(proto.To), proto.Sequence, proto.Version)),
        new ProtobufCodec<Pong, PongMessage>(
            2,
            PongMessage.Parser,
            message => new PongMessage { From = Fields.Write(message.From), Sequence = message.Sequence, Version = message.Version },
            proto => new Pong(Fields.Read(proto.From), proto.Sequence, proto.Version)),
        new ProtobufCodec<ProbeFor, ProbeForMessage>(
            3,
            ProbeForMessage.Parser,
            message => new ProbeForMessage { Target = Fields.Write(message.Target), Sequence = message.Sequence },
            proto => new ProbeFor(Fields.Read(proto.Target), proto.Sequence)),
        new ProtobufCodec<ProbeHeard, ProbeHeardMessage>(
            4,
            ProbeHeardMessage.Parser,
            message => new ProbeHeardMessage { Target = Fields.Write(message.Target), Sequence = message.Sequence },
            proto => new ProbeHeard(Fields.Read(proto.Target), proto.Sequence)),
        new ProtobufCodec<MembershipNews, MembershipNewsMessage>(
            5,
            MembershipNewsMessage.Parser,
            message => new MembershipNewsMessage { Version = message.Version },
            proto => new MembershipNews(proto.Version)),
        new ProtobufCodec<ChangeMemberState, ChangeMemberStateMessage>(
            6,
            ChangeMemberStateMessage.Parser,
            message => new ChangeMemberStateMessage { Node = Fields.Write(message.Node), To = (uint)message.To },
            proto => new ChangeMemberState(Fields.Read(proto.Node), Fields.Read<MemberState>(proto.To))),
        new ProtobufCodec<MemberStateChanged, MemberStateChangedMessage>(
            7,
            MemberStateChangedMessage.Parser,
            message => new MemberStateChangedMessage { Node = Fields.Write(message.Node), State = (uint)message.State },
            proto => new MemberStateChanged(Fields.Read(proto.Node), Fields.Read<MemberState>(proto.State))),
        new ProtobufCodec<MemberChangeRefused, MemberChangeRefusedMessage>(
            8,
            MemberChangeRefusedMessage.Parser,
            message => new MemberChangeRefusedMessage { Node = Fields.Write(message.Node), To = (uint)message.To, Refusal = (uint)message.Refusal },
            proto => new MemberChangeRefused(Fields.Read(proto.Node), Fields.Read<MemberState>(proto.To), Fields.Read<MemberChangeRefusal>(proto.Refusal))),
        new ProtobufCodec<GetMembershipStatus, GetMembershipStatusMessage>(
            9,
            GetMembershipStatusMessage.Parser,
            _ => new GetMembershipStatusMessage(),
            _ => GetMembershipStatus.Instance),
        new ProtobufCodec<MembershipStatus, MembershipStatusMessage>(10, MembershipStatusMessage.Parser, Write, Read),
    ];

    private static MembershipStatusMessage Write(MembershipStatus status)
    {
        MembershipStatusMessage proto = new()
        {
            Self = status.Self is { } self ? Fields.Write(self) : null,
            TableVersion = status.Table.Version,
            IsSure = status.IsSure,
            IsTableThere = status.IsTableThere,
        };
        proto.Members.AddRange(status.Table.Members.Select(member => new MemberRow
        {
            Id = Fields.Write(member.Id),
            Address = member.Address,
            Roles = (uint)member.Roles,
            Version = member.Version,
            State = (uint)member.State,
            JoinedAt = member.JoinedAt,
        }));
        proto.Unreachable.AddRange(status.Unreachable.Select(Fields.Write));
        proto.Silent.AddRange(status.Silent.Select(Fields.Write));
        return proto;
    }

    private static MembershipStatus Read(MembershipStatusMessage proto) => new(
        proto.Self is null ? null : Fields.Read(proto.Self),
        new MemberTable(proto.TableVersion, [.. proto.Members.Select(Read)]),
        [.. proto.Unreachable.Select(Fields.Read)],
        [.. proto.Silent.Select(Fields.Read)],
        proto.IsSure,
        proto.IsTableThere);

    private static Member Read(MemberRow row)
    {
        MemberRoles roles = (MemberRoles)row.Roles;
        return (roles & ~MemberRoles.All) == MemberRoles.None
            ? new Member(Fields.Read(row.Id), row.Address, roles, row.Version, Fields.Read<MemberState>(row.State), row.JoinedAt)
            : throw new MalformedMessageException("no roles");
    }
}
