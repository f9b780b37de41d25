using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>A process that listens on loopback and says where on one line of its error stream. Disposing interrupts it, as Ctrl-C does.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private const int InterruptSignal = 2;
    private const string UrlStart = "http://127.0.0.1:";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint address)
    {
        _process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>Seconds that it has had a core, all its threads together.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>The most memory that it ever had, in bytes.</summary>
    public long MemoryBytesMax
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    public ThreadTimes Threads => ThreadTimes.Of(_process.Id);

    /// <summary>Takes a process that was just started, and returns when it says where it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static ServerProcess When(Process process)
    {
        while (process.StandardError.ReadLine() is { } line)
        {
            int start = line.IndexOf(UrlStart, StringComparison.Ordinal);
            if (start >= 0)
            {
                int end = start + UrlStart.Length;
                while (end < line.Length && char.IsAsciiDigit(line[end]))
                {
                    end++;
                }

                // What it says later is shown, so that its pipes never fill up.
                _ = ShowAsync(process.StandardError);
                _ = ShowAsync(process.StandardOutput);
                return new ServerProcess(process, new IPEndPoint(IPAddress.Loopback, int.Parse(line[(start + UrlStart.Length)..end], System.Globalization.CultureInfo.InvariantCulture)));
            }

            Console.Error.WriteLine(line);
        }

        process.WaitForExit();
        throw new InvalidOperationException($"The server ended with {process.ExitCode} before it listened.");
    }

    public void Dispose()
    {
        Interrupt(_process, s_patience);
        _process.Dispose();
    }

    /// <summary>Asks a process to end, as Ctrl-C does, and ends it when it does not within this time.</summary>
    public static void Interrupt(Process process, TimeSpan patience)
    {
        if (!process.HasExited && (Kill(process.Id, InterruptSignal) != 0 || !process.WaitForExit(patience)))
        {
            process.Kill();
        }
    }

    private static async Task ShowAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            await Console.Error.WriteLineAsync(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
