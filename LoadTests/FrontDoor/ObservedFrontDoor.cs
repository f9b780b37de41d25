using System.Diagnostics;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.LoadTests.Runs;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>What a ledger tells of itself through its API while it is loaded, and what its processes use where they are known. Transfers of a pulse are those of this load.</summary>
internal sealed class ObservedFrontDoor : IObservedLedger
{
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(500);

    private readonly LedgerClient _client;
    private readonly LoadTarget _target;
    private readonly SentFrames _sent;
    private readonly Func<TimeSpan> _generatorTime;
    private readonly CancellationTokenSource _end = new();
    private readonly SortedDictionary<ulong, ObservedPulse> _pulses = [];
    private readonly Task _watching;
    private readonly Task _looking;
    private long _journalBytes;

    /// <param name="client">asks</param>
    /// <param name="target">has the processes</param>
    /// <param name="sent">has the transfers</param>
    /// <param name="generatorTime">what the generators had of a core so far</param>
    public ObservedFrontDoor(LedgerClient client, LoadTarget target, SentFrames sent, Func<TimeSpan> generatorTime)
    {
        _client = client;
        _target = target;
        _sent = sent;
        _generatorTime = generatorTime;
        _watching = WatchAsync(_end.Token);
        _looking = LookAsync(_end.Token);
    }

    public IReadOnlyList<ObservedPulse> Pulses
    {
        get
        {
            lock (_pulses)
            {
                return [.. _pulses.Values.Select(pulse => pulse with { Transfers = _sent.CommittedIn(pulse.Sequence) }).Where(pulse => pulse.Transfers != 0)];
            }
        }
    }

    public LedgerUse Use() => new(_target.ProcessorTime() + _generatorTime(), 0, TimeSpan.Zero, 0, Volatile.Read(ref _journalBytes), _target.MemoryBytes());

    public void Dispose()
    {
        _end.Cancel();
        Task.WhenAll(_watching, _looking).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _end.Dispose();
    }

    // A node that tells of pulses may die: then another does.
    private async Task WatchAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (PulseResult pulse in _client.WatchPulsesAsync(cancel).ConfigureAwait(false))
                {
                    Note(pulse);
                }
            }
            catch (LedgerClientException)
            {
                // The client has tried long enough; it is asked again.
            }
        }
    }

    private void Note(PulseResult pulse)
    {
        if (!pulse.Changed)
        {
            return;
        }

        lock (_pulses)
        {
            _pulses.TryAdd(pulse.Sequence, new ObservedPulse(
                Stopwatch.GetTimestamp(), pulse.Sequence, 0, pulse.Branches, pulse.SealedUs / 1_000.0, pulse.DurableUs / 1_000.0, pulse.CreditedUs / 1_000.0, pulse.CommittedUs / 1_000.0));
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        using var turns = new PeriodicTimer(s_lookEvery);
        do
        {
            try
            {
                Volatile.Write(ref _journalBytes, (await _client.StatusAsync(cancel).ConfigureAwait(false)).JournalBytes);
            }
            catch (LedgerClientException)
            {
                // What was seen last stays.
            }
        }
        while (await turns.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }
}
