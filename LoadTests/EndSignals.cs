using System.Runtime.InteropServices;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;

namespace LeitherCluster.LoadTests;

/// <summary>
/// Ends the process in order when it is told to (SIGINT, SIGTERM, SIGHUP) in the middle of a benchmark, which cannot be ended half-way: servers that it started are
/// stopped, folders that it made are removed. Disposing gives the signals back.
/// </summary>
internal sealed class EndSignals : IDisposable
{
    private const int SignalExit = 128;

    private static readonly (PosixSignal Signal, int Number)[] s_signals = [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGTERM, 15)];

    private readonly PosixSignalRegistration[] _registrations;
    private int _ending;

    public EndSignals() => _registrations = [.. s_signals.Select(each => PosixSignalRegistration.Create(each.Signal, context => End(context, each.Number)))];

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void End(PosixSignalContext context, int number)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _ending, 1) == 0)
        {
            // What was registered before, as servers are, ends before the folders go.
            TemporaryFolder.LeaveAllToTheEnd();
            AppDomain.CurrentDomain.ProcessExit += (_, _) => TemporaryFolder.RemoveAll();
            Environment.Exit(SignalExit + number);
        }
    }
}
