using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Nodes;

namespace LeitherCluster.Hosting.Devnet;

/// <summary>One node of a development network: a process of this program, whose lines are shown under its name.</summary>
internal sealed class DevnetNode : IDisposable
{
    // With this line a node says that it takes transfers.
    private const string RunningMark = "Ledger ";

    private readonly Process _process;
    private readonly LedgerFolder _folder;

    private DevnetNode(string name, LedgerFolder folder, Process process)
    {
        Name = name;
        _folder = folder;
        _process = process;
    }

    public string Name { get; }

    /// <summary>Starts it. Its settings are in its folder, and nobody's environment changes them; its process id is there as long as it runs.</summary>
    /// <param name="name">for its lines</param>
    /// <param name="command">what it runs as</param>
    /// <param name="folder">its own</param>
    /// <param name="show">takes its lines, from any thread</param>
    /// <param name="running">is told when it takes transfers</param>
    public static DevnetNode Start(string name, string command, LedgerFolder folder, Action<string> show, Action running)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            // Published as a single file the program is the process itself, and no assembly lies beside it.
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{Assembly.GetExecutingAssembly().GetName().Name}.dll"));
        }

        foreach (string argument in new[] { command, "--data", folder.Path })
        {
            start.ArgumentList.Add(argument);
        }

        foreach (NodeSetting setting in NodeSetting.All)
        {
            start.Environment.Remove(setting.EnvironmentName);
        }

        Process process = Process.Start(start)!;
        File.WriteAllText(folder.ProcessFile, process.Id.ToString(CultureInfo.InvariantCulture) + "\n");
        process.OutputDataReceived += (_, line) => Show(line.Data);
        process.ErrorDataReceived += (_, line) => Show(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new DevnetNode(name, folder, process);

        void Show(string? line)
        {
            if (line is not null)
            {
                show($"{name} | {line}");
                if (line.StartsWith(RunningMark, StringComparison.Ordinal))
                {
                    running();
                }
            }
        }
    }

    /// <summary>Kills the node that an earlier network left behind in a folder, as when that was killed itself: it would keep ports and name. The journal takes no harm.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool EndLeftBehind(LedgerFolder folder)
    {
        if (!File.Exists(folder.ProcessFile))
        {
            return false;
        }

        bool wasThere = false;
        string marks = $"\0--data\0{folder.Path}\0";
        string commandLine = $"/proc/{File.ReadAllText(folder.ProcessFile).Trim()}/cmdline";
        if (File.Exists(commandLine) && File.ReadAllText(commandLine).Contains(marks, StringComparison.Ordinal))
        {
            using var left = Process.GetProcessById(int.Parse(File.ReadAllText(folder.ProcessFile), CultureInfo.InvariantCulture));
            left.Kill();
            left.WaitForExit();
            wasThere = true;
        }

        File.Delete(folder.ProcessFile);
        return wasThere;
    }

    /// <summary>Completes with its exit code when it has ended.</summary>
    public async Task<int> WhenEndedAsync(CancellationToken cancel)
    {
        await _process.WaitForExitAsync(cancel).ConfigureAwait(false);
        File.Delete(_folder.ProcessFile);
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
            File.Delete(_folder.ProcessFile);
        }

        _process.Dispose();
    }
}
