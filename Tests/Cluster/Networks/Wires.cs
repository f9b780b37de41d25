using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>
/// A network namespace for each node, on one bridge, so that what they send each other can be lost. The database's socket is a file and reached from all of
/// them. It needs the right to make namespaces (root, or CAP_SYS_ADMIN and CAP_NET_ADMIN); where that is missing the test fails and says so.
/// </summary>
internal sealed partial class Wires : IDisposable
{
    private static int s_bridges;

    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture, $"lc{Environment.ProcessId % 100_000}x{Interlocked.Increment(ref s_bridges)}");
    private readonly int _count;

    // Of 10.0.0.0/8: one network for each instance, far from what a machine uses itself.
    private readonly int _third = 100 + (Environment.ProcessId % 100);

    public Wires(int count)
    {
        _count = count;
        try
        {
            Run("link", "add", Bridge, "type", "bridge");
            Run("addr", "add", $"10.213.{_third}.254/24", "dev", Bridge);
            Run("link", "set", Bridge, "up");
            for (int node = 0; node < count; node++)
            {
                Run("netns", "add", Space(node));
                Run("link", "add", Outer(node), "type", "veth", "peer", "name", "eth0", "netns", Space(node));
                Run("link", "set", Outer(node), "master", Bridge, "up");
                Run("-n", Space(node), "addr", "add", $"{Address(node)}/24", "dev", "eth0");
                Run("-n", Space(node), "link", "set", "lo", "up");
                Run("-n", Space(node), "link", "set", "eth0", "up");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private string Bridge => $"{_prefix}b";

    public string Address(int node) => string.Create(CultureInfo.InvariantCulture, $"10.213.{_third}.{node + 1}");

    /// <summary>Has a program start inside a node's namespace.</summary>
    public ProcessStartInfo Inside(int node, ProcessStartInfo start)
    {
        foreach (string argument in new[] { start.FileName, Space(node), "exec", "netns" })
        {
            start.ArgumentList.Insert(0, argument);
        }

        start.FileName = "ip";
        return start;
    }

    /// <summary>Reaches what listens on loopback inside a node's namespace, whatever happens to its wires.</summary>
    public HttpMessageHandler Handler(int node) => new SocketsHttpHandler
    {
        ConnectCallback = (context, _) => ValueTask.FromResult<Stream>(new NetworkStream(Connect(node, context.DnsEndPoint.Port), ownsSocket: true)),
    };

    /// <summary>A connection to a port on loopback inside a node's namespace.</summary>
    public Socket Connect(int node, int port)
    {
        // A socket belongs to the namespace of the thread that makes it; that thread is used for nothing else.
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle space = File.OpenHandle($"/run/netns/{Space(node)}");
                if (SetNamespace(space, 0) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
                }

                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(IPAddress.Loopback, port);
            }
            catch (Exception e)
            {
                socket?.Dispose();
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? socket! : throw new HttpRequestException(failure.Message, failure);
    }

    /// <summary>Nothing goes between this node and any other.</summary>
    public void Cut(int node) => Run("link", "set", Outer(node), "down");

    /// <summary>What this node sends to the others is lost; what they send arrives.</summary>
    public void Mute(int node) => ToOthers(node, "add");

    /// <summary>All is as before.</summary>
    public void Heal(int node)
    {
        Run("link", "set", Outer(node), "up");
        TryToOthers(node);
    }

    public void Dispose()
    {
        for (int node = 0; node < _count; node++)
        {
            TryRun("link", "del", Outer(node));
            TryRun("netns", "del", Space(node));
        }

        TryRun("link", "del", Bridge);
    }

    private string Space(int node) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}n{node}");

    private string Outer(int node) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}v{node}");

    private void ToOthers(int node, string verb)
    {
        for (int other = 0; other < _count; other++)
        {
            if (other != node)
            {
                Run("-n", Space(node), "route", verb, "blackhole", $"{Address(other)}/32");
            }
        }
    }

    private void TryToOthers(int node)
    {
        for (int other = 0; other < _count; other++)
        {
            TryRun("-n", Space(node), "route", "del", "blackhole", $"{Address(other)}/32");
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeFileHandle space, int kind);

    private static void TryRun(params string[] arguments) => Start(arguments, out _);

    private static void Run(params string[] arguments) => Assert.True(
        Start(arguments, out string error) == 0,
        $"'ip {string.Join(' ', arguments)}': {error.Trim()}. This test needs the right to make network namespaces: run it as root (CAP_SYS_ADMIN, CAP_NET_ADMIN).");

    private static int Start(string[] arguments, out string error)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
