using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace LeitherCluster.Hosting.Devnet;

/// <summary>One node of a development network: a process of this program, whose lines are shown under its name.</summary>
internal sealed class DevnetNode : IDisposable
{
    private readonly Process _process;

    private DevnetNode(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    public string Name { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it.</summary>
    /// <param name="name">for its lines</param>
    /// <param name="arguments">its command line</param>
    /// <param name="show">takes its lines, from any thread</param>
    public static DevnetNode Start(string name, IReadOnlyList<string> arguments, Action<string> show)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            // Published as a single file the program is the process itself, and no assembly lies beside it.
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{Assembly.GetExecutingAssembly().GetName().Name}.dll"));
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Show(line.Data);
        process.ErrorDataReceived += (_, line) => Show(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new DevnetNode(name, process);

        void Show(string? line)
        {
            if (line is not null)
            {
                show($"{name} | {line}");
            }
        }
    }

    /// <summary>Completes with its exit code when it has ended.</summary>
    public async Task<int> WhenEndedAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Asks it to stop in good order; nothing when it has ended.</summary>
    public void AskToStop()
    {
        if (!_process.HasExited)
        {
            using Process? told = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            told?.WaitForExit();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
