using System.Diagnostics;
using System.Globalization;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>Runs a scenario on a ledger through its HTTP API: funds the parties, prepares what is sent, warms up, loads, audits.</summary>
internal sealed class FrontDoorRun
{
    private const int InFlightPerParty = 31;
    private const int UnderWayMost = 200;
    private const double PartOfExpiry = 0.95;

    private static readonly TimeSpan s_readyPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_attemptTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Scenario _scenario;
    private readonly LoadTarget _target;
    private readonly string _preparedFolder;
    private readonly RunProgress _progress;
    private readonly LoadScript _script;
    private readonly int _generators;

    /// <param name="scenario">what is run</param>
    /// <param name="target">on which ledger</param>
    /// <param name="preparedFolder">where prepared loads are kept</param>
    /// <param name="progress">is told how it goes</param>
    /// <param name="generators">processes that send; 1: this one</param>
    /// <exception cref="ScenarioException">The load does not fit the parties.</exception>
    public FrontDoorRun(Scenario scenario, LoadTarget target, string preparedFolder, RunProgress progress, int generators = 1)
    {
        _generators = generators;
        _scenario = scenario;
        _target = target;
        _preparedFolder = preparedFolder;
        _progress = progress;
        _script = new LoadScript(scenario);
        if (UnderWayMax < 1)
        {
            throw new ScenarioException(
                $"{scenario.Name}: a batch has {Figure.Count(_script.TurnsMax)} transfers with a nonce each; {Figure.Count(scenario.Parties)} parties may have "
                + $"{Figure.Count((long)scenario.Parties * InFlightPerParty)} under way. Have more parties, or smaller batches.");
        }
    }

    // Half of what the parties' nonce windows let be in flight, and no more requests than a node takes at a time.
    private int UnderWayMax => (int)Math.Min(UnderWayMost, (long)_scenario.Parties * InFlightPerParty / _script.TurnsMax);

    /// <summary>How whoever loads a ledger asks it.</summary>
    public static LedgerClientOptions ClientOptions(IReadOnlyList<Uri> endpoints) => new() { Endpoints = endpoints, Patience = s_patience, AttemptTimeout = s_attemptTimeout };

    /// <summary>Runs it. What goes wrong in the middle of the load ends the load; the report says so.</summary>
    /// <param name="session">a name for the run</param>
    /// <param name="command">the command that asked for it</param>
    /// <param name="cancel">ends the load early</param>
    /// <exception cref="ScenarioException">The ledger does not get ready, or cannot be prepared for the load.</exception>
    /// <exception cref="LedgerClientException">It cannot be reached, before the load began.</exception>
    /// <exception cref="OperationCanceledException">It was interrupted before the load began.</exception>
    public async Task<RunReport> RunAsync(string session, string command, CancellationToken cancel)
    {
        Machine machine = Machine.Current();
        using var client = new LedgerClient(ClientOptions(_target.Endpoints));
        _progress.Say($"waiting for {_target.Name}");
        await UntilReadyAsync(cancel).ConfigureAwait(false);
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        LedgerId id = (await client.TrustAsync(cancel).ConfigureAwait(false)).Ledger;
        var expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + (ulong)(ledger.ExpiryAheadMs * PartOfExpiry));
        _progress.Say($"{Figure.Count(_scenario.Parties)} parties are made and funded");
        using var parties = new Parties(_scenario.Parties, id, expiry, _scenario.Seed);
        var accounts = new PartyAccounts(client, ledger, id, parties);
        var amount = new Amount(Math.Max(1, accounts.Units(ledger.MinimumAmount)));
        AccountState[] before = _target.IsFresh
            ? new AccountState[parties.Count]
            : await accounts.ReadAsync([.. Enumerable.Range(0, parties.Count)], cancel).ConfigureAwait(false);
        await accounts.FundAsync(before, NeededUnits(amount), _target.Organization, cancel).ConfigureAwait(false);
        string supply = (await client.PulseAsync(null, cancel).ConfigureAwait(false)).Supply;
        ulong[] nonces = [.. before.Select(state => state.HighestNonce)];
        string parameters = ParametersOf(ledger, id, nonces, amount);
        using PreparedLoad load = Prepare(parameters, ledger, id, parties, nonces, amount, expiry, cancel);
        cancel.ThrowIfCancellationRequested();
        var warmedUp = new SentFrames(new LoadTally(_scenario.Seed), parties.Ids, amount.Units, _scenario.Seed);
        var sent = new SentFrames(new LoadTally(_scenario.Seed), parties.Ids, amount.Units, _scenario.Seed);
        using GeneratorFleet? fleet = _generators == 1
            ? null
            : await GeneratorFleet.StartAsync(
                new GeneratorWork(_target.Endpoints, id.ToString(), load.Path, parameters, _scenario.Seed, _scenario.Parties, load.Expiry.UnixMs, amount.Units, _scenario.Batch, _scenario.Cycle.TotalMilliseconds, _scenario.Seed, 0, _generators),
                cancel).ConfigureAwait(false);
        var senders = new LoadSenders(client, load, accounts, _scenario, UnderWayMax, fleet);
        WarmUp(senders, warmedUp, cancel);
        cancel.ThrowIfCancellationRequested();
        var found = new RunAudit();
        RunMeasurement measurement = Load(senders, client, sent, cancel);
        found.CheckAnswers("warm-up", warmedUp.Tally);
        found.CheckAnswers("load", sent.Tally);
        await AuditAsync(new FrontDoorAudit(client, parties, accounts, found), before, warmedUp, sent, supply).ConfigureAwait(false);
        return measurement.Report(_target.Name, sent.Tally, session, command, machine, found.Result);
    }

    private async Task UntilReadyAsync(CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (Uri endpoint in _target.Endpoints)
        {
            using var one = new LedgerClient(new LedgerClientOptions { Endpoints = [endpoint], Patience = _target.IsFresh ? s_readyPatience : TimeSpan.Zero, AttemptTimeout = s_attemptTimeout });
            while (true)
            {
                StatusResult status = await one.StatusAsync(cancel).ConfigureAwait(false);
                if (status.State == "running" && (status.LastPulse is { Sequence: > 0 } || _target is not DevnetTarget))
                {
                    break;
                }

                if (status.State == "failed" || Stopwatch.GetElapsedTime(start) > s_readyPatience)
                {
                    throw new ScenarioException($"The node at {endpoint} is {status.State} and takes no transfers. {status.Reason}");
                }

                await Task.Delay(s_lookEvery, cancel).ConfigureAwait(false);
            }
        }
    }

    private ulong NeededUnits(Amount amount)
    {
        long turns = 0;
        for (int number = 0; number < _script.Count; number++)
        {
            turns += _script[number].Turns;
        }

        ulong rounds = (ulong)((turns / _scenario.Parties) + 1);
        return rounds * amount.Units * (ulong)(_scenario.Steps.Bundle == 0 ? 1 : _scenario.BundleItems);
    }

    // All that prepared batches depend on.
    private string ParametersOf(LedgerResult ledger, LedgerId id, ulong[] nonces, Amount amount) => string.Create(
        CultureInfo.InvariantCulture,
        $"1|{id}|{_scenario.Seed}|{_scenario.Parties}|{_scenario.Batch}|{_scenario.Steps}|{_scenario.BundleItems}|{_scenario.Receivers}|{_scenario.Skew}|{amount.Units}|{ledger.Bands}|{_script.WarmUpBatches}|{_script.Count}|{string.Join(',', nonces.Distinct().Order().Take(2))}|{nonces.Aggregate(0UL, (sum, nonce) => (sum * 31) + nonce)}");

    private PreparedLoad Prepare(
        string parameters, LedgerResult ledger, LedgerId id, Parties parties, ulong[] nonces, Amount amount, Timestamp expiry, CancellationToken cancel)
    {
        Directory.CreateDirectory(_preparedFolder);
        string path = Path.Combine(_preparedFolder, PreparedLoad.NameOf(_scenario.Name, parameters));
        if (File.Exists(path))
        {
            PreparedLoad there = PreparedLoad.Open(path, parameters);
            TimeSpan needed = _scenario.WarmUp + LoadPlan.LengthOf(_scenario.Load) + s_patience + s_patience;
            if (there.Expiry.UnixMs > (ulong)(DateTimeOffset.UtcNow + needed).ToUnixTimeMilliseconds())
            {
                _progress.Say($"{path} is used, {Figure.Count(there.Count)} batches prepared before");
                return there;
            }

            there.Dispose();
        }

        int branchBits = TreeBands.TryParse(ledger.Bands, out TreeBands bands) ? bands.DepthBits : 0;
        var builder = new BatchBuilder(_scenario, _script, parties, id, nonces, branchBits, amount, expiry);
        long began = Stopwatch.GetTimestamp();
        _progress.Say($"{Figure.Count(_script.Count)} batches are signed");
        PreparedLoad made = PreparedLoad.Make(
            path, parameters, expiry, _script.Count, builder.Build, done => _progress.ShowPrepared(done, _script.Count, Stopwatch.GetElapsedTime(began)), cancel);
        _progress.EndPrepared();
        return made;
    }

    private void WarmUp(LoadSenders senders, SentFrames sent, CancellationToken cancel)
    {
        if (_script.WarmUpBatches == 0)
        {
            return;
        }

        _progress.Say($"warming up for {TimeText.Format(_scenario.WarmUp)}");
        using ILoadGenerator generator = senders.Start(LoadScript.WarmUpOf(_scenario), 0, _script.WarmUpBatches, sent);
        while (!generator.HasEnded && !cancel.IsCancellationRequested)
        {
            cancel.WaitHandle.WaitOne(s_lookEvery);
        }

        generator.Stop();
        if (!generator.Drain(s_patience) || generator.Failure is not null)
        {
            throw new ScenarioException($"The warm-up failed: {generator.Failure ?? "not everything was answered"}.");
        }
    }

    private RunMeasurement Load(LoadSenders senders, LedgerClient client, SentFrames sent, CancellationToken cancel)
    {
        using ILoadGenerator generator = senders.Start(_scenario.Load, _script.WarmUpBatches, _script.Count, sent);
        TimeSpan processorBefore = generator.ProcessorTime;
        using var observed = new ObservedFrontDoor(client, _target, sent, () => generator.ProcessorTime);
        var measurement = new RunMeasurement(observed, _scenario);
        long next = Stopwatch.GetTimestamp();
        bool hasKilled = _scenario.KillAfter is null;
        while (!generator.HasEnded && measurement.Stopped is null)
        {
            next += (long)(_scenario.ReportEvery.TotalSeconds * Stopwatch.Frequency);
            Schedule.WaitUntil(next, () => generator.HasEnded, cancel);
            if (measurement.HasWholeInterval)
            {
                _progress.Show(measurement.NoteInterval(sent.Tally, (generator.ProcessorTime - processorBefore).TotalSeconds));
            }

            measurement.StopIf(cancel.IsCancellationRequested, "it was interrupted");
            if (!hasKilled && measurement.Elapsed >= _scenario.KillAfter)
            {
                hasKilled = true;
                string what = _target.KillOne();
                measurement.NoteEvent(what);
                _progress.Say(what);
            }
        }

        generator.Stop();
        measurement.NoteLoadEnd((generator.ProcessorTime - processorBefore).TotalSeconds);
        bool drained = generator.Drain(s_patience);
        measurement.StopIf(
            generator.Failure is not null,
            string.Create(CultureInfo.InvariantCulture, $"{generator.Failure?.TrimEnd('.')}; the last answers came in the first {measurement.LastAnswerAt.TotalSeconds:0} s; given up"));
        measurement.StopIf(!drained, $"not everything was answered within {TimeText.Format(s_patience)}");
        measurement.NoteDrained(sent.Tally);
        if (client.Retries + senders.Retries is > 0 and var retries)
        {
            measurement.NoteEvent($"by now {Figure.Count(retries)} attempts had failed and were made again");
        }

        return measurement;
    }

    private async Task AuditAsync(FrontDoorAudit audit, AccountState[] before, SentFrames warmedUp, SentFrames sent, string supply)
    {
        _progress.Say("balances and receipts are checked");
        try
        {
            sent.Books.Add(warmedUp.Books.Changes, warmedUp.Books.Held);
            await audit.CheckSupplyAsync(supply, CancellationToken.None).ConfigureAwait(false);
            await audit.CheckBalancesAsync(before, sent.Books, CancellationToken.None).ConfigureAwait(false);
            await audit.CheckReceiptsAsync(sent.Samples, supply, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LedgerClientException failure)
        {
            audit.Found.Note("the ledger answers the audit's questions", false, failure.Message);
        }

        _progress.Say("the journal is checked where it is at hand");
        audit.CheckJournal(_target);
    }
}
