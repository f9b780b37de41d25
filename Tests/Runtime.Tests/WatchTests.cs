using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class WatchTests
{
    [Fact]
    public void Watch_StoppedActor_TerminatedComesAfterWhatItSent()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            using OneNode node = new(seed);
            List<object> received = [];
            IActorRef? watcher = null;
            IActorRef watched = node.Spawn("watched", (self, _) =>
            {
                watcher!.Tell("last words", self.Self);
                self.Ctx.Stop(self.Self);
            });
            watcher = node.Spawn("watcher", (self, m) =>
            {
                received.Add(m);
                if (m is "watch")
                {
                    self.Ctx.Watch(watched);
                    watched.Tell("die");
                }
            });
            watcher.Tell("watch");
            node.Settle();
            Assert.Equal(["watch", "last words", new Terminated(watched)], received);
        }
    }

    [Fact]
    public void Watch_ActorAlreadyStopped_TerminatedComesAtOnce()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef watched = node.Spawn("watched", (_, _) => { });
        node.System.Stop(watched);
        node.Settle();
        IActorRef watcher = node.Spawn("watcher", (self, m) =>
        {
            received.Add(m);
            if (m is "watch")
            {
                self.Ctx.Watch(watched);
            }
        });
        watcher.Tell("watch");
        node.Settle();
        Assert.Equal(["watch", new Terminated(watched)], received);
    }

    [Fact]
    public void Unwatch_AfterTheEndIsKnown_NoTerminatedArrives()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef watched = node.Spawn("watched", (_, _) => { });
        IActorRef watcher = node.Spawn("watcher", (self, m) =>
        {
            received.Add(m);
            switch (m)
            {
                case "watch":
                    self.Ctx.Watch(watched);
                    break;
                case "unwatch":
                    self.Ctx.Unwatch(watched);
                    break;
            }
        });
        watcher.Tell("watch");
        node.Settle();
        node.System.Stop(watched);
        watcher.Tell("unwatch");
        node.Settle();
        Assert.Equal(["watch", "unwatch"], received);
    }
}
