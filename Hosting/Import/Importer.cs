using System.Diagnostics;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// Imports a payments file into a ledger of this process: funds the payers so that all payments are covered, plays the rounds, compares every
/// balance. It may be stopped, or killed, at any moment, and run again: what is done, the ledger tells.
/// </summary>
/// <remarks>
/// An account's funding is topped up to what it still has to pay, so a repeat funds nothing twice; a payer's bundle has a nonce that follows
/// from its place, so a repeat pays nothing twice (<see cref="ImportPlan"/>).
/// </remarks>
internal sealed class Importer(ILedgerGateway gateway, ImportPlan plan, ImportAccounts accounts, PrivateKey organization, TimeProvider clock)
{
    private const int ReadsAtOnce = 64;

    /// <summary>Runs it to its end.</summary>
    /// <param name="manifestPath">where what was there before is noted</param>
    /// <exception cref="CommandFailedException">The ledger refused a payment, or another import has to be finished first.</exception>
    public async Task<ImportReport> RunAsync(string fileName, string importFolder, string manifestPath, CommandCall call, CancellationToken cancel)
    {
        var total = Stopwatch.StartNew();
        AccountRecord?[] found = await ReadAllAsync(cancel).ConfigureAwait(false);
        ImportManifest manifest = ManifestOf(fileName, importFolder, manifestPath, found);
        (Payer Payer, NonceWindow Used, ulong Base)[] payers = [.. plan.Payers.Select(payer => StandingOf(payer, manifest, found[payer.Name]))];
        long doneBefore = payers.Sum(payer => CommittedOf(payer.Payer, payer.Used, payer.Base));
        if (manifest.Report is { } finished)
        {
            RequireDone(finished, doneBefore, manifestPath);
            call.Note($"This import was finished before, as of pulse {finished.Sequence}; nothing was left to do.");
            return finished with { TransfersNow = 0, PaymentSeconds = 0, TotalSeconds = Round(total.Elapsed) };
        }

        var progress = new ImportProgress(call, plan.TransferCount);
        progress.Add(doneBefore);
        var paying = Stopwatch.StartNew();
        await progress.ShowWhileAsync(() => PlayAsync(payers, found, progress, cancel)).ConfigureAwait(false);
        decimal paymentSeconds = Round(paying.Elapsed);

        ImportReport report = await ReportAsync(fileName, manifest, cancel).ConfigureAwait(false);
        report = report with { TransfersNow = plan.TransferCount - doneBefore, PaymentSeconds = paymentSeconds, TotalSeconds = Round(total.Elapsed) };
        if (report.Differences.Count == 0)
        {
            (manifest with { Report = report }).Write(manifestPath);
        }

        return report;
    }

    // Used nonces stay used, whatever happens to balances later: a ledger that lacks some is not the one that the report is about.
    private void RequireDone(ImportReport finished, long done, string manifestPath)
    {
        if (done != plan.TransferCount)
        {
            throw new CommandFailedException(
                ExitCode.Corrupt,
                $"{manifestPath} says that this import was finished as of pulse {finished.Sequence}, but the ledger has only {done} of its {plan.TransferCount} payments. Was an older journal put in its place?");
        }
    }

    private static decimal Round(TimeSpan time) => Math.Round((decimal)time.TotalSeconds, 1);

    private static NonceWindow WindowOf(AccountRecord? record) => record is { } known ? new NonceWindow(known.NonceHighest, known.NonceBitmap) : default;

    private ImportManifest ManifestOf(string fileName, string importFolder, string manifestPath, AccountRecord?[] found)
    {
        if (ImportManifest.Read(manifestPath) is { } begun)
        {
            return begun.Ledger == gateway.Parameters.Ledger.ToString()
                ? begun
                : throw new CommandFailedException(ExitCode.BadInput, $"{manifestPath} belongs to another ledger. Was the folder put together from two?");
        }

        ImportManifest[] others = [.. ImportManifest.ReadAll(importFolder)];
        if (Array.Find(others, other => other.Report is null) is { } unfinished)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The import of {unfinished.File}, played {unfinished.Rounds} times, is not finished. Run it to its end first.");
        }

        // Without any other import the accounts were fresh: should this import's own manifest have been lost, its nonces still tell what is done.
        var before = new Dictionary<string, ImportManifest.Before>();
        for (int i = 0; others.Length != 0 && i < found.Length; i++)
        {
            if (found[i] is { } record)
            {
                before.Add(plan.File.Names[i], new ImportManifest.Before(record.Balance.Units, record.NonceHighest));
            }
        }

        var manifest = new ImportManifest(fileName, plan.File.Digest, plan.RoundCount, gateway.Parameters.Ledger.ToString(), Report: null, before);
        manifest.Write(manifestPath);
        return manifest;
    }

    private (Payer Payer, NonceWindow Used, ulong Base) StandingOf(Payer payer, ImportManifest manifest, AccountRecord? record) =>
        (payer, WindowOf(record), manifest.Of(plan.File.Names[payer.Name]).HighestNonce);

    private long CommittedOf(Payer payer, NonceWindow used, ulong baseNonce)
    {
        long committed = 0;
        for (int round = 0; round < plan.RoundCount; round++)
        {
            for (int bundle = 0; bundle < payer.BundlesPerRound; bundle++)
            {
                committed += IsDone(used, BundleNonce.Of(payer, baseNonce, round, bundle)) ? payer.OrdersOf(bundle).Count() : 0;
            }
        }

        return committed;
    }

    private static bool IsDone(NonceWindow used, ulong nonce) => nonce <= used.Highest && !used.IsFree(nonce);

    private async Task PlayAsync((Payer Payer, NonceWindow Used, ulong Base)[] payers, AccountRecord?[] found, ImportProgress progress, CancellationToken cancel)
    {
        await FundAsync(payers, found, cancel).ConfigureAwait(false);
        int players = Math.Clamp(Environment.ProcessorCount, 1, payers.Length);
        await Task.WhenAll(Enumerable.Range(0, players).Select(player => Task.Run(
            () => new RoundPlayer(gateway, plan, accounts, [.. payers.Where((_, i) => i % players == player)], progress, clock).RunAsync(cancel),
            CancellationToken.None))).ConfigureAwait(false);
    }

    private async Task FundAsync((Payer Payer, NonceWindow Used, ulong Base)[] payers, AccountRecord?[] found, CancellationToken cancel)
    {
        var missing = new List<(int Name, Amount Amount)>();
        foreach ((Payer payer, NonceWindow used, ulong baseNonce) in payers)
        {
            Amount has = found[payer.Name]?.Balance ?? Amount.Zero;
            if (OutstandingOf(payer, used, baseNonce).TrySubtract(has, out Amount amount) && amount != Amount.Zero)
            {
                missing.Add((payer.Name, amount));
            }
        }

        AccountAnswer? issuer = await gateway.ReadAccountAsync(gateway.Parameters.Ledger.OrganizationAccount, null, cancel).ConfigureAwait(false);
        ulong nonce = issuer?.Record?.NonceHighest ?? 0;
        var batch = new TransferBatch();
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        foreach ((int Name, Amount Amount)[] some in missing.Chunk(FrameLayout.ItemCountMax))
        {
            batch.TryAppend(frame.AsSpan(0, WriteFunding(frame, some, ++nonce)));
        }

        if (missing.Count == 0)
        {
            return;
        }

        foreach (TransferAnswer answer in await Submissions.SendAsync(gateway, batch, cancel).ConfigureAwait(false))
        {
            if (answer.Outcome != Outcome.Committed)
            {
                throw new CommandFailedException(ExitCode.Refused, $"The payers could not be funded: {OutcomeTexts.NameOf(answer.Outcome)}. {OutcomeTexts.Explain(answer.Outcome)}");
            }
        }
    }

    private Amount OutstandingOf(Payer payer, NonceWindow used, ulong baseNonce)
    {
        ulong units = 0;
        for (int round = 0; round < plan.RoundCount; round++)
        {
            for (int bundle = 0; bundle < payer.BundlesPerRound; bundle++)
            {
                if (!IsDone(used, BundleNonce.Of(payer, baseNonce, round, bundle)))
                {
                    units = payer.OrdersOf(bundle).Aggregate(units, (sum, order) => checked(sum + order.Amount.Units));
                }
            }
        }

        return new Amount(units);
    }

    private int WriteFunding(byte[] frame, (int Name, Amount Amount)[] missing, ulong nonce)
    {
        var builder = new BundleBuilder(frame, new TransferBody
        {
            Version = TransferBody.CurrentVersion,
            Kind = TransferKind.IssueBundle,
            Ledger = gateway.Parameters.Ledger,
            Sender = gateway.Parameters.Ledger.OrganizationAccount,
            Nonce = nonce,
            Expiry = new Timestamp((ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() + (gateway.Parameters.ExpiryAheadMs / 2)),
        });
        foreach ((int name, Amount amount) in missing)
        {
            builder.Add(accounts.Ids[name], amount, References.Of("import"), Acceptance.None);
        }

        return builder.Finish(organization);
    }

    private async Task<ImportReport> ReportAsync(string fileName, ImportManifest manifest, CancellationToken cancel)
    {
        int decimals = gateway.Parameters.Decimals;
        decimal[] before = [.. plan.File.Names.Select(name => Reconciliation.ToDecimal(new Amount(manifest.Of(name).BalanceUnits), decimals))];
        decimal[] expected = Reconciliation.Expect(plan.File, plan.RoundCount, before);
        AccountRecord?[] found = await ReadAllAsync(cancel).ConfigureAwait(false);
        var differences = new List<ImportReport.Difference>();
        for (int i = 0; i < expected.Length; i++)
        {
            Amount balance = found[i]?.Balance ?? Amount.Zero;
            if (Reconciliation.ToDecimal(balance, decimals) != expected[i])
            {
                differences.Add(new ImportReport.Difference(plan.File.Names[i], accounts.Ids[i].ToString(), expected[i].ToString(), balance.ToString(decimals)));
            }
        }

        PulseAnswer last = (await gateway.ReadPulseAsync(null, cancel).ConfigureAwait(false))!;
        Amount paid = new(plan.Payers.Aggregate(0UL, (sum, payer) => checked(sum + payer.Total.Units)));
        decimal funded = plan.Payers.Sum(payer => Math.Max(0, Reconciliation.ToDecimal(payer.Total, decimals) - before[payer.Name]));
        return new ImportReport(
            fileName,
            plan.RoundCount,
            plan.TransferCount,
            0,
            plan.Payers.Count,
            expected.Length,
            funded.ToString(),
            paid.ToString(decimals),
            expected.Length,
            expected.Length - differences.Count,
            [.. differences.Take(ImportReport.DifferenceCountMax)],
            last.Statement.Statement.TimeSequence.Value,
            last.Statement.Statement.Root.ToString(),
            last.Statement.Statement.Sum.ToString(decimals),
            0,
            0);
    }

    private async Task<AccountRecord?[]> ReadAllAsync(CancellationToken cancel)
    {
        var records = new AccountRecord?[plan.File.Names.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, records.Length, options, async (i, stop) =>
        {
            AccountAnswer? answer = await gateway.ReadAccountAsync(accounts.Ids[i], null, stop).ConfigureAwait(false);
            records[i] = answer?.Record;
        }).ConfigureAwait(false);
        return records;
    }
}
