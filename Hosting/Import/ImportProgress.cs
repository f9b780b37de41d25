using System.Diagnostics;
using LeitherCluster.Hosting.Commands;
using Spectre.Console;

namespace LeitherCluster.Hosting.Import;

/// <summary>How far an import is: a bar at a terminal, a line every few seconds where output goes elsewhere. Counted from any thread.</summary>
internal sealed class ImportProgress(CommandCall call, long total)
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(2);

    private long _done;

    /// <summary>Transfers that are committed.</summary>
    public long Done => Interlocked.Read(ref _done);

    public void Add(long transfers) => Interlocked.Add(ref _done, transfers);

    /// <summary>Shows progress while the work runs.</summary>
    public Task ShowWhileAsync(Func<Task> work) => call.IsLive ? ShowBarAsync(work) : ShowLinesAsync(work);

    private async Task ShowBarAsync(Func<Task> work)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(call.Console.Error) });
        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask("payments", maxValue: total);
                Task working = work();
                using var turns = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
                while (!working.IsCompleted)
                {
                    await Task.WhenAny(working, turns.WaitForNextTickAsync().AsTask()).ConfigureAwait(false);
                    bar.Value = Done;
                }

                await working.ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    private async Task ShowLinesAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        Task working = work();
        using var turns = new PeriodicTimer(LineEvery);
        while (!working.IsCompleted)
        {
            await Task.WhenAny(working, turns.WaitForNextTickAsync().AsTask()).ConfigureAwait(false);
            if (call.Format == OutputFormat.Text)
            {
                call.Note($"{Done:N0} of {total:N0} payments, {clock.Elapsed.TotalSeconds:0} s");
            }
        }

        await working.ConfigureAwait(false);
    }
}
