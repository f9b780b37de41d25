using LeitherCluster.Runtime.Core;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>The actors of one incarnation of a node. After a crash nothing in it moves any more.</summary>
internal sealed class SimulatedActorSystem : ActorSystemCore, IStepGate
{
    private readonly Dictionary<Type, string> _names = [];

    public SimulatedActorSystem(SimulatedNode node, ActorSystemOptions options, IClock clock, IScheduler scheduler)
        : base(options, clock, node.Chance, scheduler, TaskCreationOptions.None)
    {
        Node = node;
        Steps = this;
        StartGuardian();
    }

    public SimulatedNode Node { get; }

    public bool IsGone { get; set; }

    public override IJournal Journal => Node.Journal;

    public void Handle(ActorCell cell, object message, Actor actor)
    {
        string name = NameOf(message.GetType());
        SimulatedCluster cluster = Node.Cluster;
        StepVerdict verdict = cluster.Announce(Node, StepKind.Message, name, cell.Ref.Path, ((SimulatedMailbox)cell.Mailbox).PathHash);
        if (verdict == StepVerdict.FailBefore)
        {
            cluster.Faults.Note("actor fails before", name);
            throw new InjectedFailureException(name);
        }

        if (cluster.Interceptor is null)
        {
            actor.Invoke(message);
        }
        else
        {
            InvokeIntercepted(cluster.Interceptor, cell, message, actor);
        }

        cluster.Conclude(Node, name, verdict);
        if (verdict == StepVerdict.FailAfter)
        {
            cluster.Faults.Note("actor fails after", name);
            throw new InjectedFailureException(name);
        }
    }

    internal override Mailbox CreateMailbox(ActorCell cell) => new SimulatedMailbox(this, cell);

    protected override void RunOutside(Action work) => work();

    private void InvokeIntercepted(IMessageInterceptor interceptor, ActorCell cell, object message, Actor actor)
    {
        object? passed = interceptor.OnMessage(new SimulatedMessage(Node, cell.Ref, cell.Current.Sender ?? ActorRefs.Nobody, message));
        if (passed is null)
        {
            (message as IReleasable)?.Release();
            return;
        }

        actor.Invoke(passed);
    }

    /// <summary>A type's name as a reader would write it: PulseCommitted, ShardEnvelope&lt;UInt64&gt;.</summary>
    private string NameOf(Type type)
    {
        if (!_names.TryGetValue(type, out string? name))
        {
            int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
            name = tick < 0 ? type.Name : $"{type.Name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
            _names.Add(type, name);
        }

        return name;
    }
}
