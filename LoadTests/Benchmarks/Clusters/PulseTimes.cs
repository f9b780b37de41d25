using System.Diagnostics;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;

namespace LeitherCluster.LoadTests.Benchmarks.Clusters;

/// <summary>When each pulse was first heard of as committed, from whichever node said so first.</summary>
internal sealed class PulseTimes : IDisposable
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<long> _ticks = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private ulong _newest;

    public PulseTimes(NetworkUnderTest network) =>
        _watching = Task.WhenAll(Enumerable.Range(0, network.Count).Select(node => Task.Run(() => WatchAsync(network.ClientOf(node)))));

    /// <summary>The pulses that were heard of.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _ticks.Count;
            }
        }
    }

    /// <summary>The longest time between two pulses one after the other, of those of which the second came after a moment; and the longest that a pulse was awaited from that moment on.</summary>
    /// <param name="since">that moment, by the stopwatch</param>
    public (TimeSpan Gap, TimeSpan Wait) LongestSince(long since)
    {
        lock (_gate)
        {
            long gap = 0;
            long wait = 0;
            for (int i = 1; i < _ticks.Count; i++)
            {
                if (_ticks[i] > since)
                {
                    gap = Math.Max(gap, _ticks[i] - _ticks[i - 1]);
                    wait = Math.Max(wait, _ticks[i] - Math.Max(since, _ticks[i - 1]));
                }
            }

            return (Stopwatch.GetElapsedTime(0, gap), Stopwatch.GetElapsedTime(0, wait));
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _watching.Wait();
        _stop.Dispose();
    }

    private async Task WatchAsync(LedgerClient client)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (PulseResult pulse in client.WatchPulsesAsync(_stop.Token).ConfigureAwait(false))
                {
                    Note(pulse.Sequence);
                }

                await Task.Delay(s_again, _stop.Token).ConfigureAwait(false);
            }
            catch (LedgerClientException)
            {
                // Its node is away for now.
                await Task.Delay(s_again).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // All was seen that was to be seen.
            }
        }
    }

    private void Note(ulong sequence)
    {
        lock (_gate)
        {
            if (sequence > _newest)
            {
                _newest = sequence;
                _ticks.Add(Stopwatch.GetTimestamp());
            }
        }
    }
}
