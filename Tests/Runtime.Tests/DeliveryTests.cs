using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

/// <summary>What those use who bring messages from outside.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public void Offer_TellsAFullMailboxFromAStoppedActor()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef actor = node.System.Spawn(ScriptedActor.Props((_, m) => received.Add(m)) with { Mailbox = new MailboxOptions(Capacity: 1) }, "bounded");

        Assert.Equal(OfferOutcome.Taken, actor.Offer(1, null));
        Assert.Equal(OfferOutcome.Full, actor.Offer(2, null));
        node.Settle();
        node.System.Stop(actor);
        node.Settle();

        Assert.Equal(OfferOutcome.Stopped, actor.Offer(3, null));
        Assert.Equal([1], received);
        Assert.Empty(node.Events.OfType<DeadLetter>());
    }

    [Fact]
    public void NumberOf_AnActor_IsItsOwnForEver()
    {
        using OneNode node = new();
        IActorRef first = node.Probe("same", []);
        ulong number = Delivery.NumberOf(first);
        node.System.Stop(first);
        node.Settle();
        IActorRef second = node.Probe("same", []);

        Assert.NotEqual(0UL, number);
        Assert.Equal(number, Delivery.NumberOf(first));
        Assert.NotEqual(number, Delivery.NumberOf(second));
        Assert.Equal(0UL, Delivery.NumberOf(ActorRefs.Nobody));
        Assert.Equal(0UL, Delivery.NumberOf(node.System.DeadLetters));
    }

    [Fact]
    public async Task Ask_ThroughARemoteReference_IsAnsweredInItsSystem()
    {
        using OneNode node = new();
        IActorRef echo = node.Spawn("echo", (actor, message) => actor.Sender.Tell(message));
        Task<string> answer = new Elsewhere(node.System, echo).Ask<string>("hello", TimeSpan.FromSeconds(1));
        node.Settle();

        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal("hello", await answer);
    }

    /// <summary>Stands for an actor of another node.</summary>
    private sealed class Elsewhere(IActorSystem system, IActorRef actor) : IRemoteRef
    {
        public NodeId Node => new("elsewhere", 1);

        public IActorSystem SeenFrom => system;

        public ActorPath Path => actor.Path;

        public void Tell(object message, IActorRef? sender = null) => actor.Tell(message, sender);

        public bool TryTell(object message, IActorRef? sender = null) => actor.TryTell(message, sender);
    }
}
