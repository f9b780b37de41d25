using System.Diagnostics;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>What the node did at one rate, from the first answer out of one pulse to the first out of a later one.</summary>
internal sealed record HttpFigures
{
    /// <summary>Transfers a second that were sent; 0: as fast as answers came.</summary>
    public required long Offered { get; init; }

    /// <summary>Pulses between the two.</summary>
    public required int Pulses { get; init; }

    /// <summary>Transfers that were committed in them.</summary>
    public required long Transfers { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Seconds that the node's threads had a core.</summary>
    public required double ServerSeconds { get; init; }

    /// <summary>Seconds that the generator's had.</summary>
    public required double GeneratorSeconds { get; init; }

    /// <summary>From when a request was due to its last byte, for the requests sent between the two; ascending.</summary>
    public required TimeSpan[] Latencies { get; init; }

    /// <summary>Nanoseconds on a core by name of the node's threads, over all of the run.</summary>
    public required IReadOnlyList<(string Name, long Nanoseconds)> Threads { get; init; }

    /// <summary>Transfers of all of the run.</summary>
    public required long TransfersInAll { get; init; }

    public double PerSecond => Transfers / Seconds;

    public double ServerNanoseconds => 1e9 * ServerSeconds / Transfers;

    public double GeneratorNanoseconds => 1e9 * GeneratorSeconds / Transfers;

    public double Within(TimeSpan time) => Latencies.Count(latency => latency <= time) / (double)Latencies.Length;

    public TimeSpan Latency(double part) => Latencies[Math.Min(Latencies.Length - 1, (int)(part * Latencies.Length))];

    /// <summary>Sends requests at a rate and looks at the pulses from the <paramref name="settlePulses"/>th on until nothing was left to send.</summary>
    /// <exception cref="InvalidOperationException">Too few pulses were seen.</exception>
    public static HttpFigures Measure(ServerProcess server, AnswerLog log, BundleRequest[] requests, long perSecond, int connections, int settlePulses)
    {
        int pulsesBefore = log.Pulses.Count;
        int requestsBefore = log.Requests.Count;
        Measuring.ThreadTimes threads = server.Threads;
        var generator = new Generator(server.Address, connections, (request, times, status, body) =>
        {
            if (status != 200)
            {
                throw new InvalidOperationException($"The node answered {status}.");
            }

            log.Note(request, times, body);
        });
        generator.Run(requests, perSecond);
        AnsweredRequest[] answered = [.. log.Requests.Skip(requestsBefore)];
        long lastSent = answered.Max(request => request.Times.Sent);
        PulseSeen[] pulses = [.. log.Pulses.Skip(pulsesBefore + settlePulses).TakeWhile(pulse => pulse.Ticks <= lastSent)];
        if (pulses.Length < 2)
        {
            throw new InvalidOperationException($"Too little was sent to see two pulses in the middle of it: {log.Pulses.Count - pulsesBefore} in all.");
        }

        PulseSeen first = pulses[0];
        PulseSeen last = pulses[^1];
        return new HttpFigures
        {
            Offered = perSecond,
            Pulses = pulses.Length - 1,
            Transfers = pulses[..^1].Sum(pulse => log.TransfersOf(pulse.Sequence)),
            Seconds = Stopwatch.GetElapsedTime(first.Ticks, last.Ticks).TotalSeconds,
            ServerSeconds = last.ServerSeconds - first.ServerSeconds,
            GeneratorSeconds = last.GeneratorSeconds - first.GeneratorSeconds,
            Threads = server.Threads.Since(threads),
            TransfersInAll = requests.Sum(request => (long)request.Transfers),
            Latencies =
            [
                .. answered
                    .Where(request => request.Times.Sent >= first.Ticks && request.Times.Sent <= last.Ticks)
                    .Select(request => Stopwatch.GetElapsedTime(request.Times.Due, request.Answered))
                    .Order(),
            ],
        };
    }
}
