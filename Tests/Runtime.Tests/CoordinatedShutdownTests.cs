using LeitherCluster.Runtime;
using LeitherCluster.Tests.Runtime.Kit;

namespace LeitherCluster.Tests.Runtime;

public sealed class CoordinatedShutdownTests
{
    [Fact]
    public void Run_PhasesInOrder_TheActorsInTheirs()
    {
        using OneNode node = new();
        List<string> calls = [];
        node.System.Spawn(Props.Create(() => new ScriptedActor((_, _) => { }) { OnPostStop = _ => calls.Add("actor stops") }), "actor");
        node.Settle();
        CoordinatedShutdown shutdown = node.System.CoordinatedShutdown;
        foreach (ShutdownPhase phase in shutdown.Phases.Reverse())
        {
            shutdown.AddTask(phase.Name, "note", () =>
            {
                calls.Add(phase.Name);
                return Task.CompletedTask;
            });
        }

        Task done = shutdown.Run();
        Task again = shutdown.Run();
        node.Settle();
        Assert.True(done.IsCompletedSuccessfully);
        Assert.Same(done, again);
        Assert.Equal(["stop-accepting", "drain", "flush", "stop-actors", "actor stops", "release"], calls);
        Assert.Equal(5, node.Events.OfType<ShutdownPhaseEnded>().Count(e => e.Result == ShutdownPhaseResult.Completed));
    }

    [Fact]
    public void Run_TaskThatNeverEnds_IsLeftBehindAtTheLimit()
    {
        using OneNode node = new();
        CoordinatedShutdown shutdown = node.System.CoordinatedShutdown;
        shutdown.AddTask(CoordinatedShutdown.Drain, "hangs", () => new TaskCompletionSource().Task);
        Task done = shutdown.Run();
        node.Cluster.RunFor(TimeSpan.FromSeconds(9.9));
        Assert.False(done.IsCompleted);
        node.Cluster.RunFor(TimeSpan.FromSeconds(0.2));
        Assert.True(done.IsCompletedSuccessfully);
        Assert.Equal(
            [ShutdownPhaseResult.Completed, ShutdownPhaseResult.TimedOut, ShutdownPhaseResult.Completed, ShutdownPhaseResult.Completed, ShutdownPhaseResult.Completed],
            node.Events.OfType<ShutdownPhaseEnded>().Select(e => e.Result));
    }

    [Fact]
    public void Run_TaskThatFails_IsReportedAndTheRestFollows()
    {
        using OneNode node = new();
        CoordinatedShutdown shutdown = node.System.CoordinatedShutdown;
        shutdown.AddTask(CoordinatedShutdown.StopAccepting, "throws", () => throw new DeliberateException("at once"));
        shutdown.AddTask(CoordinatedShutdown.Flush, "fails", () => Task.FromException(new DeliberateException("as a task")));
        bool released = false;
        shutdown.AddTask(CoordinatedShutdown.Release, "release", () =>
        {
            released = true;
            return Task.CompletedTask;
        });
        _ = shutdown.Run();
        node.Settle();
        Assert.True(released);
        Assert.Equal(
            [("stop-accepting", "at once"), ("flush", "as a task")],
            node.Events.OfType<ShutdownPhaseEnded>().Where(e => e.Result == ShutdownPhaseResult.Failed).Select(e => (e.Phase, e.Exception!.Message)));
    }

    [Fact]
    public void AddTask_UnknownPhaseOrTooLate_Throws()
    {
        using OneNode node = new();
        CoordinatedShutdown shutdown = node.System.CoordinatedShutdown;
        Assert.Throws<ArgumentException>(() => shutdown.AddTask("lunch", "x", () => Task.CompletedTask));
        Assert.False(shutdown.IsStarted);
        _ = shutdown.Run();
        Assert.True(shutdown.IsStarted);
        Assert.Throws<InvalidOperationException>(() => shutdown.AddTask(CoordinatedShutdown.Drain, "x", () => Task.CompletedTask));
    }

    [Fact]
    public void Spawn_AfterTheActorsStopped_Throws()
    {
        using OneNode node = new();
        _ = node.System.CoordinatedShutdown.Run();
        node.Settle();
        Assert.True(node.System.WhenTerminated.IsCompletedSuccessfully);
        Assert.Throws<InvalidOperationException>(() => node.Spawn("late", (_, _) => { }));
    }
}
