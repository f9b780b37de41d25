using System.Diagnostics;
using System.Text.Json;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>The <c>leither</c> program as its users run it: a process of its own. It lies beside this one.</summary>
internal static class LeitherProgram
{
    private const string AssemblyFile = "leither.dll";

    /// <summary>Starts it with its error stream to be read, and its output stream too.</summary>
    public static Process Start(params string[] arguments) =>
        StartAssembly(Path.Combine(AppContext.BaseDirectory, AssemblyFile), arguments);

    /// <summary>The same in a session of its own, so that Ctrl-C at this program's terminal does not reach it: this program stops it when it is done with it.</summary>
    public static Process StartApart(params string[] arguments) =>
        StartAssembly(Path.Combine(AppContext.BaseDirectory, AssemblyFile), arguments, isApart: true);

    /// <summary>Starts a program of .NET under the runtime that runs this one.</summary>
    public static Process StartAssembly(string assembly, string[] arguments, bool isApart = false, bool withInput = false)
    {
        string host = Environment.ProcessPath!;
        string runtime = IsRuntime(host) ? host : RuntimeBeside();
        var start = new ProcessStartInfo(isApart ? "setsid" : runtime) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = withInput };
        if (isApart)
        {
            start.ArgumentList.Add(runtime);
        }

        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(assembly);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs a command to its end and gives its result, which it is asked to write as JSON.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static JsonElement Run(params string[] arguments)
    {
        using Process process = Start([.. arguments, "-o", "json"]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonDocument.Parse(output).RootElement
            : throw new InvalidOperationException($"leither {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}");
    }

    private static bool IsRuntime(string program) => string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.Ordinal);

    // The framework lies in the runtime's folder, under shared/Microsoft.NETCore.App/VERSION.
    private static string RuntimeBeside() =>
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
}
