using LeitherCluster.Client;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Reports;
using LeitherCluster.LoadTests.Runs;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>Checks after a run, through the API, that the ledger did what it answered; and its journal where that is at hand.</summary>
internal sealed class FrontDoorAudit(LedgerClient client, Parties parties, PartyAccounts accounts, RunAudit found)
{
    private const int AccountsMax = 20_000;

    /// <summary>What was found so far.</summary>
    public RunAudit Found { get; } = found;

    /// <summary>The parties' balances are what plain additions of all that was answered "committed" make of those before.</summary>
    public async Task CheckBalancesAsync(AccountState[] before, PlainBooks books, CancellationToken cancel)
    {
        int step = Math.Max(1, parties.Count / AccountsMax);
        int[] numbers = [.. Enumerable.Range(0, parties.Count).Where(number => number % step == 0)];
        AccountState[] now = await accounts.ReadAsync(numbers, cancel).ConfigureAwait(false);
        int[] wrong = [.. Enumerable.Range(0, numbers.Length).Where(i =>
            (long)now[i].Balance != (long)before[numbers[i]].Balance + books.Changes[numbers[i]]
            || (long)now[i].Held != (long)before[numbers[i]].Held + books.Held[numbers[i]])];
        string example = wrong.Length == 0
            ? ""
            : $"; {parties.IdOf(numbers[wrong[0]])} has {now[wrong[0]].Balance}, not {(long)before[numbers[wrong[0]]].Balance + books.Changes[numbers[wrong[0]]]}";
        Found.Note("balances are those before and what was answered committed, added up plainly", wrong.Length == 0, $"{Figure.Count(numbers.Length - wrong.Length)} of {Figure.Count(numbers.Length)} accounts{example}");
        Found.Note("what the parties' balances changed by adds up to nothing", books.Changes.Sum() == 0, $"{books.Changes.Sum()} units");
    }

    /// <summary>The supply did not change.</summary>
    public async Task CheckSupplyAsync(string before, CancellationToken cancel)
    {
        string now = (await client.PulseAsync(null, cancel).ConfigureAwait(false)).Supply;
        Found.Note("the supply that the newest statement signs is that of before the load", before == now, now == before ? now : $"{now}, before {before}");
    }

    /// <summary>Receipts of sampled transfers hold, are about what was sent, and lie in the pulse that was answered.</summary>
    public async Task CheckReceiptsAsync(IReadOnlyList<SampledTransfer> samples, string supply, CancellationToken cancel)
    {
        Dictionary<AccountId, int> numbers = parties.Ids.Select((id, number) => (id, number)).ToDictionary(party => party.id, party => party.number);
        int good = 0;
        string problem = "";
        foreach (SampledTransfer sample in samples)
        {
            string? wrong;
            try
            {
                VerifiedReceipt receipt = await client.ReceiptAsync(sample.Id, parties.KeyOf(numbers[sample.Sender]), sample.Sender, cancel).ConfigureAwait(false);
                wrong = receipt.Findings.Sender != sample.Sender || receipt.Findings.Receiver != sample.Receiver || receipt.Findings.Amount != sample.Amount ? $"{sample.Id} is another transfer"
                    : receipt.Findings.TimeSequence != sample.Answer.Sequence ? $"{sample.Id} is in pulse {receipt.Findings.TimeSequence}, not {sample.Answer.Sequence}"
                    : receipt.Receipt.Statement.Statement.Sum.Units != accounts.Units(supply) ? $"the statement of pulse {sample.Answer.Sequence} signs another supply"
                    : null;
            }
            catch (LedgerClientException failure)
            {
                wrong = failure.Message;
            }

            good += wrong is null ? 1 : 0;
            problem = wrong ?? problem;
        }

        Found.Note("receipts of sampled transfers hold, and sign the same supply", good == samples.Count, $"{good} of {samples.Count}{(problem.Length == 0 ? "" : ": " + problem)}");
    }

    /// <summary>The journal holds from end to end, where it is at hand.</summary>
    public void CheckJournal(LoadTarget target)
    {
        try
        {
            if (target.VerifyJournal() is { } journal)
            {
                Found.Note("the journal's checksums, chains, certificates and signatures hold (leither journal verify --quick)", true, journal);
            }
        }
        catch (InvalidOperationException failure)
        {
            Found.Note("the journal's checksums, chains, certificates and signatures hold (leither journal verify --quick)", false, failure.Message);
        }
    }
}
