namespace LeitherCluster.Runtime;

/// <summary>References that belong to no system.</summary>
public static class ActorRefs
{
    /// <summary>The reference that stands for "no sender": whatever is told to it vanishes.</summary>
    public static IActorRef Nobody { get; } = new NobodyRef();

    private sealed class NobodyRef : IActorRef
    {
        public ActorPath Path { get; } = ActorPath.Root("nobody");

        public void Tell(object message, IActorRef? sender = null)
        {
        }

        public bool TryTell(object message, IActorRef? sender = null) => false;

        public override string ToString() => "nobody";
    }
}
