using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;

namespace LeitherCluster.Tests.Architecture;

/// <summary>
/// Does all that is banned, in the ways that code can hide it: in a lambda, in a generic method, behind an await, as a field. It is
/// never run; the test that looks for banned symbols must find every one here.
/// </summary>
internal sealed class Canary
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<int, int> _order = new();

    public static readonly Func<DateTime> InLambda = () => DateTime.UtcNow;

    public static DateTime Now => DateTime.Now;

    public static DateTimeOffset OffsetUtcNow => DateTimeOffset.UtcNow;

    public static DateTimeOffset OffsetNow => DateTimeOffset.Now;

    public static long Ticks => Environment.TickCount64;

    public static Guid Id => Guid.NewGuid();

    public TimeSpan Watched => _watch.Elapsed;

    public int Ordered => _order.Count;

    public static int SharedChance() => Random.Shared.Next();

#pragma warning disable CA5394 // It must be found guilty, whatever it is disguised with.
    public static int OwnChance() => new Random().Next();
#pragma warning restore CA5394

    public static byte[] SecureChance() => RandomNumberGenerator.GetBytes(1);

    public static int Hash<T>(T value) => HashCode.Combine(value);

    public static void Sleep() => Thread.Sleep(1);

    public static async Task<int> DelayAsync()
    {
        await Task.Delay(1);
        return await Task.Run(() => 1);
    }

    public static async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        await timer.WaitForNextTickAsync();
    }
}
