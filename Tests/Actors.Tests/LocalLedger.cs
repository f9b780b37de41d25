using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Actors;

/// <summary>A ledger on the thread pool, with a journal in memory that outlives it.</summary>
internal sealed class LocalLedger : IAsyncDisposable
{
    private readonly JournalBufferPool _buffers = new(1L << 30);
    private readonly ThreadedJournal _journal;
    private readonly LocalActorSystem _system;
    private readonly LedgerSystem _ledger;
    private readonly Lock _gate = new();

    public LocalLedger(Demo demo, MemoryJournalMedium medium, ISealedIndex index, int pulsesPerSnapshot = 64, long undoBytesMax = 1 << 20)
    {
        var store = new MemoryJournalStore(medium, _buffers);
        Assert.Equal(JournalOutcome.Ok, store.AcquireEpoch(StreamId.WholeJournal, out uint epoch));
        _journal = new ThreadedJournal(store, _buffers);
        _system = new LocalActorSystem(new LocalActorSystemOptions { Name = "test", Journal = _journal });
        _system.EventStream.Subscribe<Runtime.ActorFailed>(failed =>
        {
            lock (_gate)
            {
                Failures.Add(failed);
            }
        });
        var options = new LedgerOptions
        {
            Parameters = demo.Parameters,
            Bookkeeper = demo.Party(0),
            Committee = demo.Committee,
            Places = index,
            PulseCycle = TimeSpan.FromMilliseconds(50),
            PulsesPerSnapshot = pulsesPerSnapshot,
            UndoBytesMax = undoBytesMax,
        };
        _ledger = LedgerSystem.Start(_system, options, epoch);
    }

    public List<Runtime.ActorFailed> Failures { get; } = [];

    public LedgerGateway Gateway => _ledger.Gateway;

    public LocalActorSystem System => _system;

    public async Task<TransferBatch> Send(params byte[][] frames)
    {
        TransferBatch batch = Demo.Batch(frames);
        await Until(() => Gateway.TrySubmit(batch));
        await Until(() => batch.WhenAnswered.IsCompleted);
        CheckFailures();
        return batch;
    }

    public async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            CheckFailures();
            await turn.WaitForNextTickAsync(patience.Token);
        }
    }

    private void CheckFailures() => Assert.True(Failures.Count == 0, string.Join('\n', Failures.Select(f => f.Exception.ToString())));

    public async ValueTask DisposeAsync()
    {
        await _system.DisposeAsync();
        _ledger.Dispose();
        _journal.Dispose();
        _buffers.Dispose();
    }
}
