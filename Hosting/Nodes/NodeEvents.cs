using LeitherCluster.Remoting.Peers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>Writes what an actor system announces to the node's log.</summary>
internal sealed partial class NodeEvents : IDisposable
{
    private readonly ILogger _log;
    private readonly IDisposable[] _subscriptions;
    private MemberTable _members = MemberTable.Empty;

    public NodeEvents(EventStream events, ILogger log)
    {
        _log = log;
        _subscriptions =
        [
            events.Subscribe<LogEntry>(Write),
            events.Subscribe<ActorFailed>(failed => ActorFailed(failed.Exception, failed.Actor, failed.Directive)),
            events.Subscribe<DeadLetter>(letter => DeadLetter(letter.Message.GetType().Name, letter.Recipient, letter.Reason)),
            events.Subscribe<ShutdownPhaseEnded>(Write),
            events.Subscribe<MembershipChanged>(Write),
            events.Subscribe<PeerRefused>(refused => ConnectionRefused(refused.ByOther ? "refused by" : "refused", refused.Node, refused.Address, refused.Refusal)),
        ];
    }

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions)
        {
            subscription.Dispose();
        }
    }

    private void Write(LogEntry entry)
    {
        switch (entry.Level)
        {
            case ActorLogLevel.Error:
                ActorError(entry.Exception, entry.Source, entry.Text);
                break;
            case ActorLogLevel.Warning:
                ActorWarning(entry.Exception, entry.Source, entry.Text);
                break;
            default:
                ActorInfo(entry.Source, entry.Text);
                break;
        }
    }

    private void Write(ShutdownPhaseEnded ended)
    {
        if (ended.Result != ShutdownPhaseResult.Completed)
        {
            PhaseNotCompleted(ended.Exception, ended.Phase, ended.Result);
        }
    }

    private void Write(MembershipChanged changed)
    {
        MemberTable before = Interlocked.Exchange(ref _members, changed.Table);
        foreach (Member member in changed.Table.Members.Where(member => before.Find(member.Id)?.State != member.State))
        {
            MemberIs(member.Id, member.State);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Member {Node} is {State}")]
    private partial void MemberIs(NodeId node, MemberState state);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {How} {Node} at {Address}: {Refusal}")]
    private partial void ConnectionRefused(string how, NodeId? node, string address, Remoting.Wire.HandshakeRefusal refusal);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Source}: {Text}")]
    private partial void ActorError(Exception? exception, ActorPath source, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: {Text}")]
    private partial void ActorWarning(Exception? exception, ActorPath source, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source}: {Text}")]
    private partial void ActorInfo(ActorPath source, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Actor} failed: {Directive}")]
    private partial void ActorFailed(Exception exception, IActorRef actor, SupervisorDirective directive);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Message} did not reach {Recipient}: {Reason}")]
    private partial void DeadLetter(string message, IActorRef recipient, DeadLetterReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shutdown: phase {Phase} {Result}")]
    private partial void PhaseNotCompleted(Exception? exception, string phase, ShutdownPhaseResult result);
}
