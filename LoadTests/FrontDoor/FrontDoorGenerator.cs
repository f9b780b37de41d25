using System.Diagnostics;
using LeitherCluster.Client;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>
/// Sends batches that were prepared through the client library, as a plan says, and takes down what becomes of them. What is sent late counts from when it was
/// due. Of several generators each sends every so-manieth batch.
/// </summary>
internal sealed class FrontDoorGenerator : ILoadGenerator
{
    private const int InquiriesAtOnce = 8;

    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(1);

    private readonly LedgerClient _client;
    private readonly PreparedLoad _load;
    private readonly PartyAccounts _accounts;
    private readonly SentFrames _sent;
    private readonly FrontDoorShare _share;
    private readonly Scenario _scenario;
    private readonly LoadPlan _plan;
    private readonly long _start;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _giveUp = new();
    private int _underWay;
    private volatile bool _stop;
    private volatile Exception? _failure;

    /// <param name="client">where it sends</param>
    /// <param name="load">what it sends</param>
    /// <param name="simulations">when</param>
    /// <param name="scenario">how much at a time</param>
    /// <param name="accounts">asks what is an inquiry</param>
    /// <param name="sent">takes down what becomes of it</param>
    /// <param name="share">which part of the batches</param>
    public FrontDoorGenerator(
        LedgerClient client, PreparedLoad load, IReadOnlyList<LoadSimulation> simulations, Scenario scenario, PartyAccounts accounts, SentFrames sent, FrontDoorShare share)
    {
        _client = client;
        _load = load;
        _accounts = accounts;
        _sent = sent;
        _share = share;
        _scenario = scenario;
        _plan = new LoadPlan(simulations, scenario.Batch, scenario.Seed);
        _start = share.StartTicks;
        _thread = new Thread(Run) { Name = "generator", IsBackground = true };
        _thread.Start();
    }

    public bool HasEnded => !_thread.IsAlive;

    public string? Failure => _failure is { } failure ? $"the ledger gave no answer that can be used: {failure.Message}" : null;

    /// <summary>Whether all that was sent is answered.</summary>
    public bool IsDrained => Volatile.Read(ref _underWay) == 0;

    public TimeSpan ProcessorTime => Environment.CpuUsage.TotalTime;

    public void Stop()
    {
        _stop = true;
        _thread.Join();
    }

    public bool Drain(TimeSpan patience)
    {
        bool drained = AwaitDrained(patience);
        if (!drained)
        {
            _giveUp.Cancel();
        }

        return drained;
    }

    /// <summary>The same, but what is not answered is not given up.</summary>
    public bool AwaitDrained(TimeSpan patience)
    {
        _thread.Join();
        long until = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        while (Volatile.Read(ref _underWay) != 0)
        {
            if (Stopwatch.GetTimestamp() > until)
            {
                return false;
            }

            Thread.Sleep(s_glance);
        }

        return true;
    }

    public void Dispose()
    {
        Stop();
        _giveUp.Cancel();
        while (Volatile.Read(ref _underWay) != 0)
        {
            Thread.Sleep(s_glance);
        }

        _giveUp.Dispose();
    }

    private void Run()
    {
        try
        {
            for (int number = _share.FirstBatch; number < _share.EndBatch && !_stop && _failure is null;)
            {
                switch (_plan.Next(Stopwatch.GetElapsedTime(_start), Volatile.Read(ref _underWay), out TimeSpan due))
                {
                    case LoadStep.End:
                        return;
                    case LoadStep.Wait:
                        Thread.Sleep(s_glance);
                        break;
                    default:
                        if (_share.IsMine(number))
                        {
                            Send(number, _start + (long)(due.TotalSeconds * Stopwatch.Frequency));
                        }

                        number++;
                        break;
                }
            }
        }
#pragma warning disable CA1031 // Whoever runs the load reads it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = failure;
        }
    }

    private void Send(int number, long due)
    {
        Schedule.WaitUntil(due);
        while (Volatile.Read(ref _underWay) >= _share.UnderWayMax)
        {
            if (_stop || _failure is not null)
            {
                _sent.Tally.NoteUnsent(_scenario.Batch);
                return;
            }

            Thread.Sleep(s_glance);
        }

        _sent.Tally.NoteSent(_scenario.Batch, Stopwatch.GetElapsedTime(due) > _scenario.Cycle);
        Interlocked.Increment(ref _underWay);
        _ = Task.Run(() => SendAsync(number, due));
    }

    private async Task SendAsync(int number, long due)
    {
        try
        {
            PreparedBatch batch = _load[number];
            if (batch.Kind == StepKind.Inquiry)
            {
                await InquireAsync(number, due).ConfigureAwait(false);
                return;
            }

            await SubmitAsync(batch.Frames, due).ConfigureAwait(false);
            if (!batch.Then.IsEmpty)
            {
                await SubmitAsync(batch.Then, Stopwatch.GetTimestamp()).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // What was not answered is counted as such; whoever runs the load reads why.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure ??= failure;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task SubmitAsync(ReadOnlyMemory<byte> frames, long due)
    {
        TransferAnswer[] answers = await _client.SubmitAsync(frames, _giveUp.Token).ConfigureAwait(false);
        _sent.Note(frames.Span, answers, Stopwatch.GetElapsedTime(due));
    }

    private Task InquireAsync(int number, long due)
    {
        long first = (long)number * _scenario.Batch;
        var options = new ParallelOptions { MaxDegreeOfParallelism = InquiriesAtOnce, CancellationToken = _giveUp.Token };
        return Parallel.ForAsync(0, _scenario.Batch, options, async (i, cancel) =>
        {
            await _accounts.ReadAsync((int)((first + i) % _scenario.Parties), cancel).ConfigureAwait(false);
            _sent.Tally.NoteAnswered(Outcome.Committed, 1, Stopwatch.GetElapsedTime(due));
        });
    }
}
