using System.ComponentModel;
using System.Numerics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>Runs work on a thread that the system keeps on one core (Linux only), and tells that thread's processor time.</summary>
internal static unsafe partial class ThreadCore
{
    private const int MaskWords = 16;
    private const int ThreadProcessorTime = 3;
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>The cores that this process may use, in ascending order.</summary>
    /// <exception cref="Win32Exception">The system does not tell.</exception>
    public static int[] Allowed()
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        Require(GetAffinity(0, MaskWords * sizeof(ulong), mask) >= 0);
        var cores = new List<int>();
        for (int word = 0; word < MaskWords; word++)
        {
            for (ulong rest = mask[word]; rest != 0; rest &= rest - 1)
            {
                cores.Add((word * 64) + BitOperations.TrailingZeroCount(rest));
            }
        }

        return [.. cores];
    }

    /// <summary>The result of <paramref name="work"/>, done on a new thread that stays on this core. Rethrows what it throws.</summary>
    public static T Run<T>(int core, Func<T> work) => Start(core, work)();

    /// <summary>Starts work on a new thread that stays on this core.</summary>
    /// <returns>What waits for its result, and rethrows what it throws.</returns>
    public static Func<T> Start<T>(int core, Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Pin(core);
                result = work();
            }
#pragma warning disable CA1031 // It is rethrown where the result is asked for.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        return () =>
        {
            thread.Join();
            failure?.Throw();
            return result;
        };
    }

    /// <summary>Seconds that this thread has had a core.</summary>
    public static double ProcessorSeconds()
    {
        TimeSpec time;
        Require(GetTime(ThreadProcessorTime, &time) == 0);
        return time.Seconds + (time.Nanoseconds / NanosecondsPerSecond);
    }

    private static void Pin(int core)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        mask[core / 64] = 1UL << (core % 64);
        Require(SetAffinity(0, MaskWords * sizeof(ulong), mask) == 0);
    }

    private static void Require(bool done)
    {
        if (!done)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, TimeSpec* time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
