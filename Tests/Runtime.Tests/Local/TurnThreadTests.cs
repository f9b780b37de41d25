using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Local;

public sealed class TurnThreadTests
{
    private const string ThreadName = "of-its-own";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static LocalActorSystem NewSystem() => new(new LocalActorSystemOptions { Name = "local" });

    private sealed class Letter : IReleasable
    {
        public readonly TaskCompletionSource Released = new();

        public void Release() => Released.TrySetResult();
    }

    [Fact]
    public async Task Turns_OfAnActorWithAThread_AreOnThatThreadInOrder()
    {
        await using LocalActorSystem system = NewSystem();
        const int count = 20_000;
        TaskCompletionSource<int> done = new();
        int next = 0;
        int thread = 0;
        IActorRef actor = system.Spawn(
            ScriptedActor.Props((_, m) =>
            {
                thread = thread == 0 ? Environment.CurrentManagedThreadId : thread;
                if ((int)m != next || Thread.CurrentThread.Name != ThreadName || Environment.CurrentManagedThreadId != thread)
                {
                    done.TrySetException(new InvalidOperationException($"{m} on {Thread.CurrentThread.Name}, not {next}"));
                }

                if (++next == count)
                {
                    done.TrySetResult(next);
                }
            }) with { ThreadName = ThreadName, Mailbox = new MailboxOptions(count) },
            "actor");
        for (int i = 0; i < count; i++)
        {
            actor.Tell(i);
        }

        Assert.Equal(count, await done.Task.WaitAsync(Limit));
    }

    // With more such actors than the pool has threads, none of the pool's would be left.
    [Fact]
    public async Task Turns_ThatLastOnThreadsOfTheirOwn_HoldUpNobodyElse()
    {
        await using LocalActorSystem system = NewSystem();
        using var gate = new ManualResetEventSlim();
        int computing = 4 * Environment.ProcessorCount;
        using var begun = new CountdownEvent(computing);
        for (int i = 0; i < computing; i++)
        {
            system.Spawn(
                ScriptedActor.Props((_, _) =>
                {
                    begun.Signal();
                    gate.Wait(Limit);
                }) with { ThreadName = ThreadName },
                $"computing-{i}").Tell("compute");
        }

        Assert.True(begun.Wait(Limit));
        IActorRef other = system.Spawn(ScriptedActor.Props((self, m) => self.Sender.Tell(m, self.Self)), "other");
        Assert.Equal("hello", await other.Ask<string>("hello", Limit));
        gate.Set();
    }

    [Fact]
    public async Task Stop_OfAnActorWithAThread_EndsTheThreadAndLosesNoLetter()
    {
        await using LocalActorSystem system = NewSystem();
        Thread? thread = null;
        IActorRef actor = system.Spawn(ScriptedActor.Props((_, _) => thread = Thread.CurrentThread) with { ThreadName = ThreadName }, "actor");
        actor.Tell("begin");
        for (int round = 0; round < 50; round++)
        {
            Letter[] letters = [.. Enumerable.Range(0, 20).Select(static _ => new Letter())];
            IActorRef target = system.Spawn(
                ScriptedActor.Props((_, m) => (m as Letter)?.Release()) with { ThreadName = ThreadName },
                $"target-{round}");
            Task stopping = Task.Run(() => system.Stop(target));
            Array.ForEach(letters, letter => target.Tell(letter));
            await stopping;
            await Task.WhenAll(letters.Select(static letter => letter.Released.Task)).WaitAsync(Limit);
        }

        system.Stop(actor);
        Assert.True(SpinWait.SpinUntil(() => thread is { IsAlive: false }, Limit));
    }
}
