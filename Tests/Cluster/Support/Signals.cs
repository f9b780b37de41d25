using System.ComponentModel;
using System.Runtime.InteropServices;

namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>The signals that the tests send, with their numbers.</summary>
internal enum PosixSignalNumber
{
    Interrupt = 2,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>Sends signals, by process id.</summary>
internal static partial class Signals
{
    public static void Send(int processId, PosixSignalNumber signal)
    {
        if (Kill(processId, (int)signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
