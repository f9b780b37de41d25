using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class StashTests
{
    [Fact]
    public void UnstashAll_PutsMessagesBackBeforeTheMailboxInTheirOrder()
    {
        using OneNode node = new();
        List<object> handled = [];
        bool open = false;
        IActorRef actor = node.Spawn("stasher", (self, m) =>
        {
            if (m is "open")
            {
                open = true;
                self.Ctx.Stash.UnstashAll();
            }
            else if (!open)
            {
                Assert.True(self.Ctx.Stash.Stash());
            }
            else
            {
                handled.Add(m);
            }
        });
        foreach (object m in new object[] { 1, 2, 3, "open", 4, 5 })
        {
            actor.Tell(m);
        }

        node.Settle();
        Assert.Equal([1, 2, 3, 4, 5], handled);
    }

    [Fact]
    public void Stash_AgainAfterUnstash_KeepsTheOrder()
    {
        using OneNode node = new();
        List<object> handled = [];
        int opened = 0;
        IActorRef actor = node.Spawn("stasher", (self, m) =>
        {
            if (m is "open")
            {
                opened++;
                self.Ctx.Stash.UnstashAll();
            }
            else if (opened < 2)
            {
                self.Ctx.Stash.Stash();
            }
            else
            {
                handled.Add(m);
            }
        });
        foreach (object m in new object[] { 1, 2, "open", 3, "open", 4 })
        {
            actor.Tell(m);
        }

        node.Settle();
        Assert.Equal([1, 2, 3, 4], handled);
    }

    [Fact]
    public void Stash_KeepsTheSender()
    {
        using OneNode node = new();
        IActorRef? seen = null;
        bool stashed = false;
        IActorRef actor = node.Spawn("stasher", (self, m) =>
        {
            if (!stashed)
            {
                stashed = self.Ctx.Stash.Stash();
                self.Ctx.Stash.UnstashAll();
            }
            else
            {
                seen = self.Sender;
            }
        });
        IActorRef sender = node.Spawn("sender", (self, m) => actor.Tell(m, self.Self));
        sender.Tell("x");
        node.Settle();
        Assert.Same(sender, seen);
    }

    [Fact]
    public void Stash_Full_MakesADeadLetter()
    {
        using OneNode node = new();
        List<bool> answers = [];
        IActorRef actor = node.System.Spawn(
            ScriptedActor.Props((self, _) => answers.Add(self.Ctx.Stash.Stash())) with { Mailbox = new MailboxOptions(StashCapacity: 2) },
            "stasher");
        for (int i = 0; i < 3; i++)
        {
            actor.Tell(i);
        }

        node.Settle();
        Assert.Equal([true, true, false], answers);
        DeadLetter letter = Assert.Single(node.Events.OfType<DeadLetter>());
        Assert.Equal((2, DeadLetterReason.StashFull), (letter.Message, letter.Reason));
    }

    [Fact]
    public void Stash_OverARestart_IsKept()
    {
        using OneNode node = new();
        List<object> handled = [];
        int instances = 0;
        IActorRef actor = node.System.Spawn(
            Props.Create(() =>
            {
                int instance = ++instances;
                return new ScriptedActor((self, m) =>
                {
                    if (m is "fail")
                    {
                        throw new DeliberateException("x");
                    }

                    if (instance == 1)
                    {
                        self.Ctx.Stash.Stash();
                    }
                    else
                    {
                        handled.Add(m);
                        self.Ctx.Stash.UnstashAll();
                    }
                });
            }),
            "stasher");
        foreach (object m in new object[] { 1, 2, "fail", 3 })
        {
            actor.Tell(m);
        }

        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([3, 1, 2], handled);
    }
}
