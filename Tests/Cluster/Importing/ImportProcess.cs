using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Importing;

/// <summary><c>leither import</c> as a process of its own, whose progress is followed.</summary>
internal sealed partial class ImportProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Process _process;

    private ImportProcess(Process process) => _process = process;

    public static ImportProcess Start(params ReadOnlySpan<string> arguments) => new(Process.Start(LeitherProgram.StartInfo(["import", .. arguments]))!);

    /// <summary>Kills it (<c>kill -9</c>) once it says that more than so many payments are done.</summary>
    /// <returns>How many were done by then, as it said.</returns>
    /// <exception cref="InvalidOperationException">It ended by itself before.</exception>
    public async Task<long> KillBehindAsync(long payments)
    {
        using var late = new CancellationTokenSource(Limit);
        while (await _process.StandardError.ReadLineAsync(late.Token) is { } line)
        {
            if (Progress().Match(line) is { Success: true } match
                && long.Parse(match.Groups["done"].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) is var done && done > payments)
            {
                _process.Kill();
                await _process.WaitForExitAsync(late.Token);
                return done;
            }
        }

        throw new InvalidOperationException($"The import ended before {payments} payments could be seen.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    [GeneratedRegex("^(?<done>[0-9,]+) of [0-9,]+ payments", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Progress();
}
