using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Cluster.Protos;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>Transfers sent on to their branches, and questions about a ledger with their answers, as inquiry.proto has them.</summary>
internal static partial class InquiryCodecs
{
    public static IEnumerable<IMessageCodec> All =>
    [
        new SlicesForwardedCodec(64),
        new ProtobufCodec<SlicesAccepted, SlicesAcceptedMessage>(
            65,
            SlicesAcceptedMessage.Parser,
            message => new SlicesAcceptedMessage { Number = message.Number },
            proto => new SlicesAccepted(proto.Number)),
        new SlicesAnsweredCodec(66),
        new ProtobufCodec<ReadBranchAccount, ReadBranchAccountMessage>(69, ReadBranchAccountMessage.Parser, Write, Read),
        new ProtobufCodec<BranchAccount, BranchAccountMessage>(70, BranchAccountMessage.Parser, Write, Read),
        new ProtobufCodec<ReadBranchTransfer, ReadBranchTransferMessage>(
            71,
            ReadBranchTransferMessage.Parser,
            message => new ReadBranchTransferMessage { Beat = message.Beat.Value, Place = message.Place },
            proto => new ReadBranchTransfer(new BeatNumber(proto.Beat), proto.Place)),
        new ProtobufCodec<BranchTransfer, BranchTransferMessage>(72, BranchTransferMessage.Parser, Write, Read),
        new ProtobufCodec<ReadPulse, ReadPulseMessage>(73, ReadPulseMessage.Parser, Write, Read),
        new ProtobufCodec<PulseRead, PulseReadMessage>(74, PulseReadMessage.Parser, Write, Read),
        new ProtobufCodec<RegisterAcceptance, RegisterAcceptanceMessage>(
            75,
            RegisterAcceptanceMessage.Parser,
            message => new RegisterAcceptanceMessage { Receiver = Fields.WriteOne(message.Receiver), Acceptance = Fields.WriteOne(message.Acceptance) },
            proto => new RegisterAcceptance(Fields.ReadOne<PublicKey>(proto.Receiver), Fields.ReadOne<StandingAcceptance>(proto.Acceptance))),
        new ProtobufCodec<AcceptanceRegistered, AcceptanceRegisteredMessage>(
            76,
            AcceptanceRegisteredMessage.Parser,
            message => new AcceptanceRegisteredMessage { Outcome = (uint)message.Outcome },
            proto => new AcceptanceRegistered(Fields.Read<Outcome>(proto.Outcome))),
        new ProtobufCodec<FindAcceptance, FindAcceptanceMessage>(
            77,
            FindAcceptanceMessage.Parser,
            message => new FindAcceptanceMessage { Receiver = Fields.WriteOne(message.Receiver), Payer = Fields.WriteOne(message.Payer), Amount = message.Amount.Units },
            proto => new FindAcceptance(Fields.ReadOne<AccountId>(proto.Receiver), Fields.ReadOne<AccountId>(proto.Payer), new Amount(proto.Amount))),
        new ProtobufCodec<AcceptanceFound, AcceptanceFoundMessage>(78, AcceptanceFoundMessage.Parser, Write, Read),
        new ProtobufCodec<FindPlace, FindPlaceMessage>(79, FindPlaceMessage.Parser, Write, Read),
        new ProtobufCodec<PlaceFound, PlaceFoundMessage>(80, PlaceFoundMessage.Parser, Write, Read),
        new ProtobufCodec<PlacesSearched, PlacesSearchedMessage>(
            81,
            PlacesSearchedMessage.Parser,
            message => new PlacesSearchedMessage { Branches = { message.Branches } },
            proto => new PlacesSearched([.. proto.Branches])),
    ];
}
