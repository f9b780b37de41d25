using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>An account as the ledger tells of it, in units.</summary>
internal readonly record struct AccountState(ulong Balance, ulong Held, ulong HighestNonce);

/// <summary>Asks for the parties' accounts, and gives them what they need, all through the API.</summary>
internal sealed class PartyAccounts(LedgerClient client, LedgerResult ledger, LedgerId id, Parties parties)
{
    private const int AtOnce = 16;
    private const int BundlesAtOnce = 32;

    private static readonly TimeSpan s_validity = TimeSpan.FromMinutes(10);

    /// <summary>The accounts of some parties, by their numbers.</summary>
    public async Task<AccountState[]> ReadAsync(IReadOnlyList<int> numbers, CancellationToken cancel)
    {
        var states = new AccountState[numbers.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, numbers.Count, options, async (i, stop) => states[i] = await ReadAsync(numbers[i], stop).ConfigureAwait(false)).ConfigureAwait(false);
        return states;
    }

    /// <summary>Asks for one party's account, as its holder does.</summary>
    public async Task<AccountState> ReadAsync(int number, CancellationToken cancel)
    {
        AccountResult account = await client.AccountAsync(parties.IdOf(number), parties.KeyOf(number), null, cancel).ConfigureAwait(false);
        return new AccountState(Units(account.Balance), Units(account.Held), account.HighestNonce);
    }

    /// <summary>Issues every party as much as makes up what it lacks.</summary>
    /// <param name="states">what they have</param>
    /// <param name="needed">what each must have, in units</param>
    /// <param name="organization">signs; null when its key is not at hand</param>
    /// <param name="cancel">gives up</param>
    /// <returns>The units that were issued.</returns>
    /// <exception cref="ScenarioException">Some lack funds and there is no key, or the ledger does not issue.</exception>
    public async Task<ulong> FundAsync(AccountState[] states, ulong needed, PrivateKey? organization, CancellationToken cancel)
    {
        int[] poor = [.. Enumerable.Range(0, states.Length).Where(number => states[number].Balance - states[number].Held < needed)];
        if (poor.Length == 0)
        {
            return 0;
        }

        if (organization is null)
        {
            throw new ScenarioException($"{poor.Length} of the {states.Length} parties lack funds, and only the organization can issue them: name its key file with --key.");
        }

        if (AccountIds.Of(organization.PublicKey) != id.OrganizationAccount)
        {
            throw new ScenarioException("--key is not the key of the organization whose ledger this is.");
        }

        ulong nonce = await client.HighestNonceAsync(organization, cancel).ConfigureAwait(false);
        ulong issued = 0;
        foreach (int[][] bundles in poor.Chunk(FrameLayout.ItemCountMax).Chunk(BundlesAtOnce))
        {
            byte[] frames = [.. bundles.SelectMany(numbers => Issue(numbers, states, needed, ++nonce, organization))];
            TransferAnswer[] answers = await client.SubmitAsync(frames, cancel).ConfigureAwait(false);
            if (answers.Any(answer => answer.Outcome != Outcome.Committed))
            {
                throw new ScenarioException($"The parties could not be funded: {string.Join(", ", answers.Select(answer => answer.Outcome).Distinct())}.");
            }

            foreach (int number in bundles.SelectMany(each => each))
            {
                ulong more = needed - (states[number].Balance - states[number].Held);
                states[number] = states[number] with { Balance = states[number].Balance + more };
                issued += more;
            }
        }

        return issued;
    }

    /// <summary>Units of a decimal of the ledger's token.</summary>
    public ulong Units(string text) => Amount.TryParse(text, ledger.Decimals, out Amount amount)
        ? amount.Units
        : throw new LedgerClientException(ClientFault.NotALedger, $"The node wrote an amount as '{text}'.");

    private byte[] Issue(int[] numbers, AccountState[] states, ulong needed, ulong nonce, PrivateKey organization)
    {
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        ulong validity = Math.Min((ulong)s_validity.TotalMilliseconds, ledger.ExpiryAheadMs / 2);
        var bundle = new BundleBuilder(frame, new TransferBody
        {
            Version = TransferBody.CurrentVersion,
            Kind = TransferKind.IssueBundle,
            Ledger = id,
            Sender = id.OrganizationAccount,
            Nonce = nonce,
            Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + validity),
        });
        foreach (int number in numbers)
        {
            bundle.Add(parties.IdOf(number), new Amount(needed - (states[number].Balance - states[number].Held)), default, Acceptance.None);
        }

        return frame[..bundle.Finish(organization)];
    }
}
