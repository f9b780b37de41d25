using System.Collections.Frozen;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Peers;

/// <summary>What all parts of a node's remoting share.</summary>
internal sealed class RemotingCore
{
    private readonly long[] _refusedHere = new long[Enum.GetValues<HandshakeRefusal>().Length];
    private readonly long[] _refusedThere = new long[Enum.GetValues<HandshakeRefusal>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<FrameFault>().Length];
    private readonly FrozenDictionary<uint, SentCount> _sent;
    private RemotingOptions _options;
    private long _unknown;
    private long _malformed;
    private long _tooLate;

    public RemotingCore(RemotingOptions options, IActorSystem system, MessageCodecs codecs)
    {
        _options = options;
        System = system;
        Codecs = codecs;
        _sent = codecs.All.ToFrozenDictionary(codec => codec.Number, codec => new SentCount(codec.MessageType.Name));
        Questions = new QuestionTable(options.QuestionsMax);
        Peers = new PeerBook(this);
        Root = ActorPath.Root(system.Name);
        Address = options.Address ?? "";
    }

    public RemotingOptions Options
    {
        get => Volatile.Read(ref _options);
        private set => Volatile.Write(ref _options, value);
    }

    public NodeId Own => Options.Node;

    public IActorSystem System { get; }

    public MessageCodecs Codecs { get; }

    public QuestionTable Questions { get; }

    public PeerBook Peers { get; }

    /// <summary>Root of the paths of this node's actors.</summary>
    public ActorPath Root { get; }

    /// <summary>Path of a question of another node, as messages name it.</summary>
    public ActorPath QuestionPath { get; } = ActorPath.Root(QuestionRef.PathName);

    /// <summary>Where others reach this node; known when it listens.</summary>
    public string Address { get; set; }

    /// <summary>Connections carry no TLS: each frame bears a checksum.</summary>
    public bool IsPlain => Options.Identity is null;

    /// <summary>From now on this is the life that others mean.</summary>
    public void BeginLife(NodeId life) => Options = Options with { Node = life };

    /// <summary>A message of a type went out, in a frame of so many bytes.</summary>
    public void NoteSent(uint type, int bytes) => _sent[type].Add(bytes);

    public void NoteUnknown() => Interlocked.Increment(ref _unknown);

    public void NoteMalformed() => Interlocked.Increment(ref _malformed);

    public void NoteTooLate() => Interlocked.Increment(ref _tooLate);

    public void NoteFault(FrameFault fault) => Interlocked.Increment(ref _faults[(int)fault]);

    /// <summary>This node refused another.</summary>
    public void NoteRefusedHere(NodeId? node, string address, HandshakeRefusal refusal)
    {
        Interlocked.Increment(ref _refusedHere[(int)refusal]);
        System.EventStream.Publish(new PeerRefused(node, address, refusal, ByOther: false, refusal.Advice()));
    }

    /// <summary>Another node refused this one. Its number may be one that this program does not know.</summary>
    public void NoteRefusedThere(NodeId node, string address, HandshakeRefusal refusal, string advice)
    {
        Interlocked.Increment(ref _refusedThere[Enum.IsDefined(refusal) ? (int)refusal : 0]);
        System.EventStream.Publish(new PeerRefused(node, address, refusal, ByOther: true, advice));
        NoteToldToEnd(node, refusal);
    }

    /// <summary>Announces it when the reason that another node gave is that this node's life is over.</summary>
    public void NoteToldToEnd(NodeId by, HandshakeRefusal refusal)
    {
        if (refusal is HandshakeRefusal.Superseded or HandshakeRefusal.Gone)
        {
            System.EventStream.Publish(new OwnLifeDenied(by, refusal));
        }
    }

    public RemotingMetrics Snapshot(int pendingHandshakes) => new(
        Own,
        Options.Identity?.NotAfterMs,
        pendingHandshakes,
        Counted<HandshakeRefusal>(_refusedHere),
        Counted<HandshakeRefusal>(_refusedThere),
        Counted<FrameFault>(_faults),
        Volatile.Read(ref _unknown),
        Volatile.Read(ref _malformed),
        Volatile.Read(ref _tooLate),
        [.. _sent.Values.Select(count => count.Snapshot()).Where(count => count.Messages > 0).OrderBy(count => count.Type, StringComparer.Ordinal)],
        [.. Peers.All.OrderBy(peer => peer.Id.Name, StringComparer.Ordinal).ThenBy(peer => peer.Id.Incarnation).Select(peer => peer.Snapshot())]);

    private static Dictionary<TReason, long> Counted<TReason>(long[] counts)
        where TReason : struct, Enum
        => Enum.GetValues<TReason>().Select((reason, i) => (reason, count: Volatile.Read(ref counts[i]))).Where(pair => pair.count > 0).ToDictionary(pair => pair.reason, pair => pair.count);

    /// <summary>Counts of one type of message.</summary>
    private sealed class SentCount(string type)
    {
        private long _messages;
        private long _bytes;

        public void Add(int bytes)
        {
            Interlocked.Increment(ref _messages);
            Interlocked.Add(ref _bytes, bytes);
        }

        public MessageMetrics Snapshot() => new(type, Volatile.Read(ref _messages), Volatile.Read(ref _bytes));
    }
}
