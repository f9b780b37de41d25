using System.Diagnostics;
using System.Net;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>When a request was due, and when it was sent; in ticks of the stopwatch.</summary>
internal readonly record struct SendTimes(long Due, long Sent);

/// <summary>What becomes of the answer to a request.</summary>
internal delegate void AnswerSink(BundleRequest request, SendTimes times, int status, ReadOnlySpan<byte> body);

/// <summary>
/// Posts requests over several connections, a thread each: at a given rate, or as fast as answers make connections free. A request that is sent late
/// counts from when it was due.
/// </summary>
internal sealed class Generator(IPEndPoint address, int connections, AnswerSink sink)
{
    private Exception? _failure;
    private int _next;

    /// <summary>Sends all of them, and returns when all are answered.</summary>
    /// <param name="requests">what is sent, in this order</param>
    /// <param name="perSecond">transfers a second; 0: as fast as answers come</param>
    public void Run(IReadOnlyList<BundleRequest> requests, long perSecond)
    {
        _next = 0;
        long start = Stopwatch.GetTimestamp();
        double ticksPerTransfer = perSecond == 0 ? 0 : (double)Stopwatch.Frequency / perSecond;
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(connections, requests.Count)).Select(_ => new Thread(() => Send(requests, start, ticksPerTransfer)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (_failure is not null)
        {
            throw new InvalidOperationException("The generator failed.", _failure);
        }
    }

    private void Send(IReadOnlyList<BundleRequest> requests, long start, double ticksPerTransfer)
    {
        try
        {
            using var connection = new Connection(address);
            for (int number = Next(); number < requests.Count && _failure is null; number = Next())
            {
                BundleRequest request = requests[number];
                long due = ticksPerTransfer == 0 ? Stopwatch.GetTimestamp() : start + (long)(number * request.Transfers * ticksPerTransfer);
                Schedule.WaitUntil(due);
                long sent = Stopwatch.GetTimestamp();
                int status = connection.Post(request.Bytes.Span, out ReadOnlySpan<byte> body);
                sink(request, new SendTimes(due, sent), status, body);
            }
        }
#pragma warning disable CA1031 // It is rethrown where the run ends.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
        }
    }

    private int Next() => Interlocked.Increment(ref _next) - 1;
}
