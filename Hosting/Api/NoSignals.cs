namespace LeitherCluster.Hosting.Api;

/// <summary>Signals are the command line's business: one place decides what Ctrl-C does.</summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
