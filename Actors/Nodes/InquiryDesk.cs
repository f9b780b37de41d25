using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Nodes;

/// <summary>
/// Answers questions about a ledger on any node: it asks whoever owns what the question is about, again when that moves or an answer does not come, until the
/// asker has given up.
/// </summary>
public sealed class InquiryDesk(InquiryDeskOptions options) : Actor
{
    /// <summary>Questions open at the most; beyond it one is answered <see cref="DeskIsFull"/>.</summary>
    public const int QuestionsMax = 4_096;

    /// <summary>How long it waits for an answer before it asks again.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    private static readonly object AgainKey = "again";

    private readonly SortedDictionary<ulong, Open> _open = [];

    /// <summary>Questions about a beat that has not ended here yet, with who asked.</summary>
    private readonly SortedDictionary<ulong, (Question Question, IActorRef Desk)> _early = [];
    private BeatNumber _ended;
    private DeskActors? _actors;
    private ulong _lastNumber;

    // Answers to an earlier start must not be taken for this one's.
    protected override void PreStart() => _lastNumber = Context.Chance.Next(1UL << 62);

    protected override void Receive(object message)
    {
        switch (message)
        {
            case DeskActors actors:
                // A branch that has just come may lack credits of the beat that ended last.
                _ended = actors.Layout.Version == _actors?.Layout.Version ? _ended : BeatNumber.None;
                _actors = actors;
                break;
            case BeatEnded ended:
                OnEnded(ended.Beat);
                break;
            case ReadPulse or RegisterAcceptance or FindAcceptance:
                OnAsked(null, (IWireMessage)message);
                break;
            case FindPlace find:
                OnAsked(find.Branch, find);
                break;
            case ShardEnvelope<uint> { Message: IWireMessage body } envelope:
                OnAsked(envelope.EntityId, body);
                break;
            case Question question:
                OnQuestion(question, Sender);
                break;
            case AskReply { Tag: Errand errand, Message: IWireMessage body }:
                errand.Desk.Tell(new QuestionAnswered(errand.Number, options.Node, body), Self);
                break;
            case AskReply or AskTimeout:
                // Whoever asked asks again.
                break;
            case QuestionAnswered answered when _open.TryGetValue(answered.Number, out Open? open):
                OnAnswered(answered, open);
                break;
            case QuestionAnswered:
                break;
            case AskAgain:
                OnAskAgain();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnAsked(uint? branch, IWireMessage body)
    {
        if (_open.Count >= QuestionsMax)
        {
            Sender.Tell(DeskIsFull.Instance, Self);
            return;
        }

        if (_open.Count == 0)
        {
            Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
        }

        var open = new Open(new Question(++_lastNumber, branch, body), Sender, Context.Clock.MonotonicTicks);
        _open.Add(open.Question.Number, open);
        Ask(open);
    }

    private void Ask(Open open)
    {
        if (_actors is null)
        {
            return;
        }

        foreach (NodeId node in Answering(open.Question))
        {
            IActorRef desk = node == options.Node ? Self : options.Peer(node);
            desk.Tell(open.Question, Self);
        }
    }

    private IReadOnlyList<NodeId> Answering(Question question) => question switch
    {
        { Branch: { } branch } => [_actors!.Layout.Owner(branch).Node],
        { Body: ReadPulse } => [_actors!.Layout.Root.Node],
        { Body: FindPlace } => _actors!.Layout.Nodes,
        _ => [_actors!.Layout.Acceptances.Node],
    };

    private void OnEnded(BeatNumber beat)
    {
        _ended = beat > _ended ? beat : _ended;
        (Question Question, IActorRef Desk)[] early = [.. _early.Values];
        _early.Clear();
        foreach ((Question question, IActorRef desk) in early)
        {
            OnQuestion(question, desk);
        }
    }

    /// <summary>Another desk asks, or this one itself, for what is here.</summary>
    private void OnQuestion(Question question, IActorRef desk)
    {
        if (question.Body is ReadBranchAccount read && read.AsOf > _ended)
        {
            // A node that has been overtaken never gets there; its state would be taken for that of a beat that it has not seen.
            if (_early.Count < QuestionsMax)
            {
                _early[question.Number] = (question, desk);
            }

            return;
        }

        if (_actors is null || (question.Branch is { } branch && (branch >= (uint)_actors.Layout.BranchCount || _actors.Layout.Owner(branch).Node != options.Node)))
        {
            return;
        }

        (IActorRef target, object body) = question switch
        {
            { Body: ReadPulse } => (_actors.Chief, question.Body),
            { Body: FindPlace } => (options.Places, question.Body),
            { Body: RegisterAcceptance or FindAcceptance } => (_actors.Acceptances, question.Body),
            { Branch: { } id, Body: ReadBranchAccount or ReadBranchTransfer } => (options.Region, new ShardEnvelope<uint>(id, question.Body)),
            _ => (ActorRefs.Nobody, (object)question.Body),
        };
        if (target != ActorRefs.Nobody)
        {
            Context.Ask(target, body, LedgerGateway.AskTimeout, new Errand(question.Number, desk));
        }
    }

    /// <summary>
    /// A branch that moves may be nobody's for a moment: that nobody knows the transfer counts when it has been looked for in every branch. Else those are
    /// asked again.
    /// </summary>
    private void OnAnswered(QuestionAnswered answered, Open open)
    {
        if (answered.Body is not PlacesSearched searched)
        {
            Finish(open, answered.Body);
            return;
        }

        int branches = _actors!.Layout.BranchCount;
        open.Searched.UnionWith(searched.Branches.Where(branch => branch < (uint)branches));
        if (open.Question.Branch is null && open.Searched.Count == branches)
        {
            Finish(open, new PlaceFound(null));
        }
    }

    private void Finish(Open open, object answer)
    {
        _open.Remove(open.Question.Number);
        open.Asker.Tell(answer, Self);
    }

    private void OnAskAgain()
    {
        long since = Context.Clock.MonotonicTicks - LedgerGateway.AskTimeout.Ticks;
        foreach (Open open in _open.Values.ToArray())
        {
            if (open.SinceTicks < since)
            {
                _open.Remove(open.Question.Number);
            }
            else
            {
                Ask(open);
            }
        }

        if (_open.Count != 0)
        {
            Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
        }
    }

    private sealed class Open(Question question, IActorRef asker, long sinceTicks)
    {
        public Question Question { get; } = question;

        public IActorRef Asker { get; } = asker;

        public long SinceTicks { get; } = sinceTicks;

        /// <summary>Of a question to every node: the branches in whose windows the transfer is not.</summary>
        public HashSet<uint> Searched { get; } = [];
    }

    private sealed record Errand(ulong Number, IActorRef Desk);

    private sealed record AskAgain : IControlMessage
    {
        public static readonly AskAgain Instance = new();
    }
}

/// <summary>What a desk needs.</summary>
public sealed record InquiryDeskOptions
{
    /// <summary>This node.</summary>
    public required NodeId Node { get; init; }

    /// <summary>The region of this node's branches.</summary>
    public required IActorRef Region { get; init; }

    /// <summary>The places of this node's branches.</summary>
    public required IActorRef Places { get; init; }

    /// <summary>The desk of another node.</summary>
    public required Func<NodeId, IActorRef> Peer { get; init; }
}
