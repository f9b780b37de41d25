using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime.Local;

/// <summary>Counts the whole process's allocations, hence runs when nothing else does.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;

[Collection("alone")]
public sealed class AllocationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Tell_SteadyState_AllocatesNothing()
    {
        await using LocalActorSystem system = new(new LocalActorSystemOptions { Name = "local" });
        const int rounds = 200_000;
        TaskCompletionSource done = new();
        object ball = new();
        int left = rounds;
        long allocatedBefore = 0;
        long allocated = 0;
        IActorRef? pong = null;
        IActorRef ping = system.Spawn(
            ScriptedActor.Props((self, m) =>
            {
                if (--left == rounds / 2)
                {
                    allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
                }
                else if (left == 0)
                {
                    allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
                    done.SetResult();
                    return;
                }

                pong!.Tell(m, self.Self);
            }),
            "ping");
        pong = system.Spawn(ScriptedActor.Props((self, m) => ping.Tell(m, self.Self)), "pong");
        ping.Tell(ball);
        await done.Task.WaitAsync(Limit);

        // As many messages as rounds were counted: less than one byte each.
        Assert.InRange(allocated, 0, rounds - 1);
    }
}
