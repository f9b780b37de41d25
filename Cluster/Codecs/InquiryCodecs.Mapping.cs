using Google.Protobuf;
using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Cluster.Protos;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Cluster.Codecs;

/// <summary>Those that take more than a line.</summary>
internal static partial class InquiryCodecs
{
    private static ReadBranchAccountMessage Write(ReadBranchAccount message)
    {
        ReadBranchAccountMessage proto = new()
        {
            Id = Fields.WriteOne(message.Id),
            Beat = message.AsOf.Value,
            Sequence = message.Sequence.Value,
            BoundNodes = (uint)message.Above.BoundNodes,
            BoundSum = message.Above.BoundSum,
        };
        proto.Above.AddRange(message.Above.Nodes.Select(node => new PathNodeRow { BitIndex = (uint)node.BitIndex, Sibling = Fields.Write(node.Sibling), SiblingSum = node.SiblingSum }));
        return proto;
    }

    private static ReadBranchAccount Read(ReadBranchAccountMessage proto)
    {
        if (proto.Above.Count > AccountId.SizeBits || proto.BoundNodes > AccountId.SizeBits || proto.Above.Any(row => row.BitIndex > AccountId.SizeBits))
        {
            throw new MalformedMessageException("no path");
        }

        PathNode[] nodes = [.. proto.Above.Select(row => new PathNode((int)row.BitIndex, Fields.ReadHash(row.Sibling), row.SiblingSum))];
        return TreePath.TryCreate(nodes, (int)proto.BoundNodes, proto.BoundSum, out TreePath? above)
            ? new ReadBranchAccount(Fields.ReadOne<AccountId>(proto.Id), new BeatNumber(proto.Beat), new TimeSequence(proto.Sequence), above)
            : throw new MalformedMessageException("no path");
    }

    private static BranchAccountMessage Write(BranchAccount message)
    {
        BranchAccountMessage proto = new() { Holds = Fields.WriteAll(message.Holds) };
        if (message.Proof is { } proof)
        {
            proto.Proof = UnsafeByteOperations.UnsafeWrap(proof.ToBytes());
        }

        return proto;
    }

    private static BranchAccount Read(BranchAccountMessage proto)
    {
        AccountProof? proof = null;
        if (proto.HasProof && !AccountProof.TryDecode(proto.Proof.Span, out proof))
        {
            throw new MalformedMessageException("no account proof");
        }

        return new BranchAccount(proof, Fields.ReadAll<Hold>(proto.Holds));
    }

    private static BranchTransferMessage Write(BranchTransfer message)
    {
        BranchTransferMessage proto = new();
        if (message.Evidence is { } evidence)
        {
            proto.Form = (uint)evidence.Form;
            proto.Evidence = ByteString.CopyFrom(evidence.Bytes);
        }

        if (message.Path is { } path)
        {
            byte[] bytes = new byte[path.SizeBytes];
            path.CopyTo(bytes);
            proto.Path = UnsafeByteOperations.UnsafeWrap(bytes);
        }

        return proto;
    }

    private static BranchTransfer Read(BranchTransferMessage proto)
    {
        TransferEvidence? evidence = null;
        if (proto.HasEvidence && !TransferEvidence.TryRead(Fields.Read<TransferEvidenceForm>(proto.Form), proto.Evidence.Span, out evidence))
        {
            throw new MalformedMessageException("no evidence of a transfer");
        }

        WindowPath? path = null;
        if (proto.HasPath && !WindowPath.TryRead(proto.Path.Span, out path))
        {
            throw new MalformedMessageException("no path in a window");
        }

        return new BranchTransfer(evidence, path);
    }

    private static ReadPulseMessage Write(ReadPulse message)
    {
        ReadPulseMessage proto = new();
        if (message.Sequence is { } sequence)
        {
            proto.Sequence = sequence.Value;
        }

        return proto;
    }

    private static ReadPulse Read(ReadPulseMessage proto) => new(proto.HasSequence ? new TimeSequence(proto.Sequence) : null);

    private static PulseReadMessage Write(PulseRead message)
    {
        PulseReadMessage proto = new() { All = Fields.WriteAll<BranchEntry>(message.All) };
        if (message.Pulse is { } pulse)
        {
            byte[] bytes = new byte[pulse.SizeBytes];
            pulse.CopyTo(bytes);
            proto.Pulse = UnsafeByteOperations.UnsafeWrap(bytes);
        }

        return proto;
    }

    private static PulseRead Read(PulseReadMessage proto)
    {
        PulseBlock? pulse = null;
        if (proto.HasPulse && !PulseBlock.TryRead(proto.Pulse.Span, out pulse))
        {
            throw new MalformedMessageException("no committed pulse");
        }

        return new PulseRead(pulse, Fields.ReadAll<BranchEntry>(proto.All));
    }

    private static AcceptanceFoundMessage Write(AcceptanceFound message)
        => message.Acceptance is { } found
            ? new AcceptanceFoundMessage { Receiver = Fields.WriteOne(found.Receiver), Acceptance = Fields.WriteOne(found.Acceptance) }
            : new AcceptanceFoundMessage();

    private static AcceptanceFound Read(AcceptanceFoundMessage proto)
        => new(proto.HasReceiver ? new RegisteredAcceptance(Fields.ReadOne<PublicKey>(proto.Receiver), Fields.ReadOne<StandingAcceptance>(proto.Acceptance)) : null);

    private static FindPlaceMessage Write(FindPlace message)
    {
        FindPlaceMessage proto = new() { Id = Fields.Write(message.Id) };
        if (message.Branch is { } branch)
        {
            proto.Branch = branch;
        }

        return proto;
    }

    private static FindPlace Read(FindPlaceMessage proto) => new(Fields.ReadHash(proto.Id), proto.HasBranch ? proto.Branch : null);

    private static PlaceFoundMessage Write(PlaceFound message)
        => message.Place is { } place
            ? new PlaceFoundMessage
            {
                Id = Fields.Write(place.Id),
                Sequence = place.Sequence.Value,
                Beat = place.Beat.Value,
                At = place.At.UnixMs,
                Branch = place.Branch,
                Place = place.Place,
            }
            : new PlaceFoundMessage();

    private static PlaceFound Read(PlaceFoundMessage proto)
        => new(proto.HasId
            ? new TransferPlace(Fields.ReadHash(proto.Id), new TimeSequence(proto.Sequence), new BeatNumber(proto.Beat), new Timestamp(proto.At), proto.Branch, proto.Place)
            : null);
}
