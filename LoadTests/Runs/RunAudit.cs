using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Checks after a run that the ledger did what it answered. One that fails fails the run, however fast it was.</summary>
internal sealed class RunAudit
{
    private readonly List<AuditCheck> _checks = [];

    /// <summary>What was found.</summary>
    public AuditResult Result => new(_checks.All(check => check.Holds), [.. _checks]);

    /// <summary>Every transfer that was sent has its answer.</summary>
    public void CheckAnswers(string part, LoadTally tally)
    {
        TallyLook look = tally.Look();
        Note($"every transfer of the {part} is answered", look.Sent == look.Answered, $"{Figure.Count(look.Answered)} of {Figure.Count(look.Sent)}");
    }

    /// <summary>Receipts of the sampled transfers say what was sent, and are in the ledger that signed them.</summary>
    /// <param name="pulsesKept">of so many newest pulses there are receipts; null: of all</param>
    public async Task CheckReceiptsAsync(LedgerInProcess ledger, SampledPlaces places, LoadTally tally, IReadOnlyDictionary<ulong, PulseSummary> pulses, int? pulsesKept)
    {
        ulong newest = pulses.Keys.DefaultIfEmpty().Max();
        int good = 0;
        int asked = 0;
        string problem = "";
        foreach (SampledTransfer sample in tally.Samples)
        {
            if (!pulses.TryGetValue(sample.Answer.Sequence.Value, out PulseSummary? pulse) || newest - pulse.Sequence.Value >= (ulong)(pulsesKept ?? int.MaxValue))
            {
                continue;
            }

            asked++;
            places.Keep(sample.Id, new SealedPlace(pulse.Beat.Value, pulse.Sequence.Value, pulse.At.UnixMs, sample.Answer.Place));
            Receipt? receipt = await ledger.Gateway.MakeReceiptAsync(sample.Id, sample.Sender, sample.Receiver, CancellationToken.None).ConfigureAwait(false);
            string? wrong = ProblemOf(sample, receipt);
            good += wrong is null ? 1 : 0;
            problem = wrong ?? problem;
        }

        Note("receipts of sampled transfers lead to statements that the committee signed", good == asked && asked != 0, $"{good} of {asked}{(problem.Length == 0 ? "" : ": " + problem)}");
    }

    /// <summary>The journal, read from end to end: chain and balances.</summary>
    /// <param name="funded">transfers that were in it before the load</param>
    /// <param name="committed">transfers that were answered committed, warm-up included</param>
    public void CheckJournal(JournalPlace place, long funded, long committed)
    {
        try
        {
            var audit = JournalAudit.Run(place);
            Note("the journal holds every transfer answered committed, and no other", audit.Transfers == funded + committed, $"{Figure.Count(audit.Transfers - funded)} of {Figure.Count(committed)}");
            Note("balances, nonces and salts computed anew from the journal make the signed root", true, "they do");
            Note("the supply is what was issued", true, $"{Figure.Count((long)audit.Issued)} units");
        }
        catch (InvalidOperationException failure)
        {
            Note("balances computed anew from the journal make the signed root, and the supply is what was issued", false, failure.Message);
        }
    }

    /// <summary>The statement that a compacted journal has last, beside what was answered, added up plainly on top of a journal that was whole.</summary>
    /// <param name="place">the journal</param>
    /// <param name="whole">what it was before the load</param>
    /// <param name="books">what was answered since then</param>
    public void CheckCompacted(JournalPlace place, JournalAudit whole, TrafficBooks books)
    {
        const string What = "balances, nonces and salts computed anew from all answers make the root signed last, and its supply is what was issued";
        try
        {
            books.AddTo(whole);
            whole.CompareWithNewest(place);
            Note(What, true, $"{Figure.Count((long)whole.Issued)} units");
        }
        catch (InvalidOperationException failure)
        {
            Note(What, false, failure.Message);
        }
    }

    private static string? ProblemOf(SampledTransfer sample, Receipt? receipt)
    {
        if (receipt is null)
        {
            return $"there is none of {sample.Id}";
        }

        // Not by the receipt's verifier: signatures of payments are random bytes here, and it would stop at them.
        RootStatement statement = receipt.Statement.Statement;
        StatementVerdict verdict = receipt.Statement.Verify(LedgerInProcess.Committee);
        var root = new StatedRoot(statement.Root, statement.Sum.Units, (int)statement.Translucency);
        return verdict != StatementVerdict.Valid ? $"the statement of {sample.Id} is {verdict}"
            : receipt.Transfer.Id != sample.Id || receipt.Transfer.Body.Amount != sample.Amount ? $"{sample.Id} is another transfer"
            : receipt.Path.RootFrom(receipt.Transfer.Id) != statement.Windows ? $"{sample.Id} is not in the windows tree"
            : receipt.Account is not { } account || ProofVerifier.Verify(account, root) != ProofVerdict.Valid ? $"the account of {sample.Id} is not proven"
            : null;
    }

    /// <summary>Takes down what a check found.</summary>
    public void Note(string what, bool holds, string found) => _checks.Add(new AuditCheck(what, holds, found));
}
