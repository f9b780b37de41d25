using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>A node as a process of its own, on a free port that it chooses. Killed at the end at the latest.</summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NodeProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => TakeError(line.Data);
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>What it wrote to its error stream so far: notes and log.</summary>
    public IReadOnlyList<string> ErrorLines => [.. _errors];

    /// <summary>The log's lines: each begins with its time. A healthy node has none.</summary>
    public IReadOnlyList<string> LogLines => [.. _errors.Where(line => LogLine().IsMatch(line))];

    public bool HasExited => _process.HasExited;

    /// <summary>What it ended with; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Starts <c>leither dev</c> with short pulses, without waiting for it.</summary>
    public static NodeProcess StartDev(string folder, params ReadOnlySpan<string> more) =>
        Start(["dev", "--data", folder, "--url", "http://127.0.0.1:0", "--pulse-cycle-ms", "50", .. more]);

    /// <summary>Starts a command that runs a node.</summary>
    public static NodeProcess Start(params ReadOnlySpan<string> arguments) => Start(LeitherProgram.StartInfo(arguments));

    /// <summary>Starts a command that runs a node, in an environment of the test's own.</summary>
    public static NodeProcess Start(ProcessStartInfo start) => new(Process.Start(start)!);

    /// <summary>Where it listens, once it takes transfers.</summary>
    /// <exception cref="InvalidOperationException">It ended instead; the message is what it wrote.</exception>
    public async Task<Uri> WhenListeningAsync()
    {
        Task ended = _process.WaitForExitAsync();
        using var limit = new CancellationTokenSource(StartLimit);
        Task first = await Task.WhenAny(_listening.Task, ended, Task.Delay(Timeout.InfiniteTimeSpan, limit.Token));
        return first == _listening.Task
            ? await _listening.Task
            : throw new InvalidOperationException(
                $"The node {(first == ended ? $"ended with exit code {_process.ExitCode}" : "did not start in time")}: {string.Join('\n', _errors)}");
    }

    /// <summary>Sends a signal, and does not wait.</summary>
    public void Send(PosixSignalNumber signal) => Signals.Send(_process.Id, signal);

    /// <summary><c>kill -9</c>; returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync(PosixSignalNumber signal)
    {
        Signals.Send(_process.Id, signal);
        return WhenExitedAsync();
    }

    /// <summary>The exit code, once the process has ended.</summary>
    public async Task<int> WhenExitedAsync()
    {
        using var limit = new CancellationTokenSource(ExitLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"The node still runs after {ExitLimit.TotalSeconds} s: {string.Join('\n', _errors)}", late);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void TakeError(string? line)
    {
        if (line is null)
        {
            return;
        }

        _errors.Enqueue(line);
        if (ListeningLine().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Groups["url"].Value));
        }
    }

    [GeneratedRegex(@"^Ledger [0-9a-f]{40} at (?<url>http://[^ ;]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex ListeningLine();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT|^   at |Exception", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LogLine();
}
