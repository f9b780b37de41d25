using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class MailboxTests
{
    private static IActorRef SpawnBounded(OneNode node, List<object> received)
        => node.System.Spawn(ScriptedActor.Props((_, m) => received.Add(m)) with { Mailbox = new MailboxOptions(Capacity: 2) }, "bounded");

    [Fact]
    public void TryTell_FullMailbox_SaysFalseAndPublishesNothing()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef actor = SpawnBounded(node, received);
        Assert.True(actor.TryTell(1));
        Assert.True(actor.TryTell(2));
        Assert.False(actor.TryTell(3));
        node.Settle();
        Assert.True(actor.TryTell(4));
        node.Settle();
        Assert.Equal([1, 2, 4], received);
        Assert.Empty(node.Events.OfType<DeadLetter>());
    }

    [Fact]
    public void Tell_FullMailbox_MakesADeadLetterWithItsReason()
    {
        using OneNode node = new();
        IActorRef actor = SpawnBounded(node, []);
        for (int i = 0; i < 5; i++)
        {
            actor.Tell(i);
        }

        Assert.Equal([2, 3, 4], node.Events.OfType<DeadLetter>().Select(l => l.Message));
        Assert.All(node.Events.OfType<DeadLetter>(), l => Assert.Equal(DeadLetterReason.MailboxFull, l.Reason));
        Assert.Equal(2, node.System.Metrics.MailboxDepth);
    }

    [Fact]
    public void Tell_ControlMessage_IsNeverRefusedAndKeepsItsPlace()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef actor = SpawnBounded(node, received);
        Control control = new();
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(control);
        node.Settle();
        Assert.Equal([1, 2, control], received);
    }

    [Fact]
    public void Options_NoRoomAtAll_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MailboxOptions(Capacity: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MailboxOptions { StashCapacity = 0 });
    }

    private sealed class Control : IControlMessage;
}
