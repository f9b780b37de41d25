using LeitherCluster.Actors;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>A whole ledger in this process: its actors on the thread pool, its journal on synced files or in a database.</summary>
internal sealed class LedgerInProcess : IDisposable
{
    private const long BufferBytesMax = 6L << 30;

    private readonly JournalBufferPool _buffers = new(BufferBytesMax);
    private readonly IDisposable? _withJournal;
    private readonly ThreadedJournal _journal;
    private readonly LocalActorSystem _system;
    private readonly LedgerSystem _ledger;
    private ActorFailed? _failure;

    private LedgerInProcess(JournalPlace place, LedgerOptions options)
    {
        (IJournalStore store, _withJournal) = place.Open(_buffers);
        Require(store.AcquireEpoch(StreamId.WholeJournal, out uint epoch) == JournalOutcome.Ok, "the journal gives an epoch");
        _journal = new ThreadedJournal(store, _buffers);
        _system = new LocalActorSystem(new LocalActorSystemOptions { Name = "load", Journal = _journal });
        _system.EventStream.Subscribe<ActorFailed>(failed => _failure = failed);
        _ledger = LedgerSystem.Start(_system, options, epoch);
    }

    public static PrivateKey Organization { get; } = PrivateKey.FromSeed(new byte[PrivateKey.SeedLength]);

    /// <summary>256 branches on one trunk, T = 8.</summary>
    public static LedgerParameters Parameters { get; } = new()
    {
        OrganizationKey = Organization.PublicKey,
        TokenSymbol = "LOAD",
        Bands = TreeBands.TryParse("8", out TreeBands bands) ? bands : throw new InvalidOperationException("8 is a number of bits"),
        Translucency = 8,
        ExpiryAheadMs = LedgerParameters.ExpiryAheadMsMax,
    };

    /// <summary>The organization keeps its books alone.</summary>
    public static Committee Committee { get; } = Committee.TryCreate(1, [Organization.PublicKey], out Committee? one) == CommitteeFault.None
        ? one!
        : throw new InvalidOperationException("one key is a committee");

    public ILedgerGateway Gateway => _ledger.Gateway;

    public EventStream Events => _system.EventStream;

    public long JournalBytes => _journal.Usage.Bytes;

    /// <summary>Opens the ledger of a folder's files, or begins one, and returns when it runs.</summary>
    public static LedgerInProcess Open(string folder, TimeSpan cycle, Func<LedgerOptions, LedgerOptions>? configure = null) =>
        Open(JournalPlace.InFiles(folder), cycle, configure);

    /// <summary>Opens the ledger of a journal, or begins one, and returns when it runs.</summary>
    public static LedgerInProcess Open(JournalPlace place, TimeSpan cycle, Func<LedgerOptions, LedgerOptions>? configure = null)
    {
        var options = new LedgerOptions
        {
            Parameters = Parameters,
            Bookkeeper = Organization,
            Committee = Committee,
            Places = new NoPlaces(),
            PulseCycle = cycle,
        };
        var ledger = new LedgerInProcess(place, configure is null ? options : configure(options));
        while (ledger.Gateway.Status.State != LedgerState.Running)
        {
            ledger.ThrowIfFailed();
            Thread.Sleep(1);
        }

        return ledger;
    }

    /// <summary>Throws what an actor failed with, if one did.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new InvalidOperationException($"{failure.Actor.Path} failed: {failure.Exception.Message}", failure.Exception);
        }
    }

    /// <summary>Lets the ledger finish what it accepted, and closes it.</summary>
    public void Dispose()
    {
        _system.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _ledger.Dispose();
        _journal.Dispose();
        _buffers.Dispose();
        _withJournal?.Dispose();
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"It does not hold that {what}.");
        }
    }
}
