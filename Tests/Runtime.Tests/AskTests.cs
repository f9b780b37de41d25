using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class AskTests
{
    [Fact]
    public async Task Ask_FromOutside_CompletesWithTheAnswer()
    {
        using OneNode node = new();
        IActorRef echo = node.Spawn("echo", (self, m) => self.Sender.Tell($"re: {m}", self.Self));
        Task<string> answer = echo.Ask<string>("hello", TimeSpan.FromSeconds(1));
        node.Settle();
        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal("re: hello", await answer);
    }

    [Fact]
    public void Ask_FromOutsideWithoutAnswer_FailsAtItsLimit()
    {
        using OneNode node = new();
        IActorRef mute = node.Spawn("mute", (_, _) => { });
        Task<string> answer = mute.Ask<string>("hello", TimeSpan.FromSeconds(1));
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(999));
        Assert.False(answer.IsCompleted);
        node.Cluster.RunFor(TimeSpan.FromMilliseconds(2));
        Assert.IsType<AskTimeoutException>(answer.Exception!.InnerException);
    }

    [Fact]
    public void Ask_AnswerOfAnotherType_Fails()
    {
        using OneNode node = new();
        IActorRef echo = node.Spawn("echo", (self, m) => self.Sender.Tell(42));
        Task<string> answer = echo.Ask<string>("hello", TimeSpan.FromSeconds(1));
        node.Settle();
        Assert.IsType<AskFailedException>(answer.Exception!.InnerException);
    }

    [Fact]
    public void Ask_StoppedActor_FailsAtOnce()
    {
        using OneNode node = new();
        IActorRef gone = node.Spawn("gone", (_, _) => { });
        node.System.Stop(gone);
        node.Settle();
        Task<string> answer = gone.Ask<string>("hello", TimeSpan.FromSeconds(1));
        Assert.IsType<AskFailedException>(answer.Exception!.InnerException);
    }

    [Fact]
    public void ContextAsk_Answered_ComesAsOneMessageWithItsTag()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef echo = node.Spawn("echo", (self, m) =>
        {
            self.Sender.Tell("first", self.Self);
            self.Sender.Tell("second", self.Self);
        });
        IActorRef asker = node.Spawn("asker", (self, m) =>
        {
            received.Add(m);
            if (m is "go")
            {
                self.Ctx.Ask(echo, "hello", TimeSpan.FromMilliseconds(100), "tag");
            }
        });
        asker.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["go", new AskReply("tag", "first", echo)], received);
        Assert.Equal("second", Assert.Single(node.Events.OfType<DeadLetter>()).Message);
    }

    [Fact]
    public void ContextAsk_NotAnswered_TimesOutAndDropsALateAnswer()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef slow = node.Spawn("slow", (self, m) =>
        {
            IActorRef sender = self.Sender;
            node.Cluster.After(TimeSpan.FromMilliseconds(200), () => sender.Tell("late"));
        });
        IActorRef asker = node.Spawn("asker", (self, m) =>
        {
            received.Add(m);
            if (m is "go")
            {
                self.Ctx.Ask(slow, "hello", TimeSpan.FromMilliseconds(100), "tag");
            }
        });
        asker.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(["go", new AskTimeout("tag", slow)], received);
    }

    [Fact]
    public void ContextAsk_AnswerToAnOlderIncarnation_IsDropped()
    {
        using OneNode node = new();
        List<object> received = [];
        IActorRef slow = node.Spawn("slow", (self, m) =>
        {
            IActorRef sender = self.Sender;
            node.Cluster.After(TimeSpan.FromMilliseconds(300), () => sender.Tell("late"));
        });
        IActorRef asker = node.Spawn("asker", (self, m) =>
        {
            received.Add(m);
            if (m is "go")
            {
                self.Ctx.Ask(slow, "hello", TimeSpan.FromSeconds(1), "tag");
                throw new DeliberateException("x");
            }
        });
        asker.Tell("go");
        node.Cluster.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(1, node.System.Metrics.Restarts);
        Assert.Equal(["go"], received);
    }
}
