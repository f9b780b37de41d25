using LeitherCluster.Client;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>One generator process: does what its coordinator says (<see cref="GeneratorProtocol"/>), and ends when that goes away.</summary>
internal sealed class GeneratorWorker : IDisposable
{
    private static readonly TimeSpan s_drainSlice = TimeSpan.FromMilliseconds(200);

    private readonly GeneratorWork _work;
    private readonly TextWriter _output;
    private readonly LedgerClient _client;
    private readonly Parties _parties;
    private readonly PreparedLoad _load;
    private readonly PartyAccounts _accounts;
    private readonly Dictionary<ulong, long> _toldBySequence = [];
    private volatile GeneratorTask _asked;

    private GeneratorWorker(GeneratorWork work, TextWriter output, LedgerClient client, Client.Contracts.LedgerResult ledger, LedgerId id)
    {
        _work = work;
        _output = output;
        _client = client;
        _load = PreparedLoad.Open(work.Prepared, work.Parameters);
        _parties = new Parties(work.Parties, id, new Timestamp(work.Expiry), work.PartiesSeed);
        _accounts = new PartyAccounts(client, ledger, id, _parties);
    }

    /// <summary>Works until the input ends.</summary>
    public static async Task RunAsync(TextReader input, TextWriter output)
    {
        if (await input.ReadLineAsync().ConfigureAwait(false) is not { } first)
        {
            return;
        }

        GeneratorWork work = GeneratorProtocol.Read<GeneratorWork>(first);
        using var client = new LedgerClient(FrontDoorRun.ClientOptions(work.Endpoints));
        using var worker = new GeneratorWorker(
            work, output, client, await client.LedgerAsync(CancellationToken.None).ConfigureAwait(false), LedgerId.TryParse(work.Ledger, out LedgerId id) ? id : throw new InvalidOperationException($"{work.Ledger} is no ledger"));
        worker.Say(GeneratorState.Ready, null, null);
        Task loading = Task.CompletedTask;
        while (await input.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            GeneratorOrder order = GeneratorProtocol.Read<GeneratorOrder>(line);
            worker._asked = order.Task;
            if (order.Task == GeneratorTask.Load)
            {
                await loading.ConfigureAwait(false);
                loading = Task.Factory.StartNew(() => worker.Load(order), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }

        worker._asked = GeneratorTask.GiveUp;
        await loading.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _load.Dispose();
        _parties.Dispose();
    }

    private void Load(GeneratorOrder order)
    {
        var scenario = new Scenario
        {
            Name = "", Load = [], Batch = _work.Batch, Parties = _work.Parties, Cycle = TimeSpan.FromMilliseconds(_work.CycleMs), Seed = _work.Seed,
        };
        var sent = new SentFrames(new LoadTally(_work.Seed + _work.Index), _parties.Ids, _work.AmountUnits, _work.Seed + _work.Index);
        var share = new FrontDoorShare(order.FirstBatch, order.EndBatch, _work.Index, _work.Count, order.UnderWayMax, order.StartTicks);
        _toldBySequence.Clear();
        using var generator = new FrontDoorGenerator(_client, _load, order.Simulations!, scenario, _accounts, sent, share);
        while (!generator.HasEnded && _asked == GeneratorTask.Load)
        {
            Thread.Sleep(GeneratorProtocol.CountsEvery);
            Say(GeneratorState.Counts, sent, generator.Failure);
        }

        generator.Stop();
        Say(GeneratorState.Ended, sent, generator.Failure);
        while (_asked != GeneratorTask.GiveUp && !generator.IsDrained)
        {
            generator.AwaitDrained(s_drainSlice);
            Say(GeneratorState.Counts, sent, generator.Failure);
        }

        generator.Drain(TimeSpan.Zero);
        Say(GeneratorState.Done, sent, generator.Failure);
    }

    private void Say(GeneratorState state, SentFrames? sent, string? failure)
    {
        bool isDone = state == GeneratorState.Done;
        var said = new GeneratorSaid(
            state,
            Environment.CpuUsage.TotalTime.TotalSeconds,
            sent?.Tally.TakePart(),
            sent is null ? null : NewBySequence(sent),
            failure,
            _client.Retries,
            isDone ? sent!.Books.Changes : null,
            isDone ? sent!.Books.Held : null,
            isDone ? GeneratorProtocol.Pack(sent!.Samples) : null);
        _output.WriteLine(GeneratorProtocol.Write(said));
        _output.Flush();
    }

    private Dictionary<ulong, long> NewBySequence(SentFrames sent)
    {
        var more = new Dictionary<ulong, long>();
        foreach ((ulong sequence, long transfers) in sent.BySequence())
        {
            long told = _toldBySequence.GetValueOrDefault(sequence);
            if (transfers != told)
            {
                more[sequence] = transfers - told;
                _toldBySequence[sequence] = transfers;
            }
        }

        return more;
    }
}
