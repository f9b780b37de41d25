using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Client;

/// <content>Inquiries: accounts, pulses, where a transfer was committed, and receipts.</content>
public sealed partial class LedgerClient
{
    /// <summary>An account as of a pulse. One that does not exist has a balance of zero and <c>Exists</c> false.</summary>
    /// <param name="account">whose</param>
    /// <param name="asker">the account's key, or the organization's; null where the node's inquiries are open</param>
    /// <param name="asOf">the time sequence; null: the newest</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="LedgerClientException">It may not be shown, the pulse is no longer retained, or no answer came.</exception>
    public Task<AccountResult> AccountAsync(AccountId account, PrivateKey? asker, TimeSequence? asOf, CancellationToken cancel) =>
        GetAsync($"/v1/accounts/{account}{(asOf is { } sequence ? $"?asOf={sequence.Value}" : "")}", ApiJson.Default.AccountResult, asker, cancel);

    /// <summary>The highest nonce that an account has used; 0 when it never did, also on a ledger that has no pulse yet.</summary>
    /// <param name="asker">the account's key</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="LedgerClientException">No answer came.</exception>
    public async Task<ulong> HighestNonceAsync(PrivateKey asker, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(asker);
        try
        {
            return (await AccountAsync(AccountIds.Of(asker.PublicKey), asker, null, cancel).ConfigureAwait(false)).HighestNonce;
        }
        catch (LedgerClientException failure) when (failure.Fault == ClientFault.NotFound)
        {
            return 0;
        }
    }

    /// <summary>A committed pulse with its signed root statement.</summary>
    /// <param name="sequence">which; null: the newest</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="LedgerClientException">It is not retained, there is none yet, or no answer came.</exception>
    public Task<SignedPulseResult> PulseAsync(TimeSequence? sequence, CancellationToken cancel) =>
        GetAsync($"/v1/pulses/{(sequence is { } one ? one.Value.ToString() : "latest")}", ApiJson.Default.SignedPulseResult, null, cancel);

    /// <summary>Where a transfer, or an item of a bundle, was committed; null when it is unknown, pending, or no longer searchable.</summary>
    /// <param name="id">the transfer's id</param>
    /// <param name="sender">its sender, if known, which makes the search quicker</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="LedgerClientException">No answer came.</exception>
    public async Task<TransferResult?> FindTransferAsync(Hash256 id, AccountId? sender, CancellationToken cancel)
    {
        try
        {
            return await GetAsync($"/v1/transfers/{id}{(sender is { } known ? $"?sender={known}" : "")}", ApiJson.Default.TransferResult, null, cancel).ConfigureAwait(false);
        }
        catch (LedgerClientException failure) when (failure.Fault == ClientFault.NotFound)
        {
            return null;
        }
    }

    /// <summary>The receipt of a committed transfer for one of its parties, verified: signed by those whom this client trusts, and about that transfer.</summary>
    /// <param name="id">the transfer's id</param>
    /// <param name="party">the key of the sender or the receiver, which signs the inquiry</param>
    /// <param name="sender">the sender's account, if known, which makes the search quicker</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="LedgerClientException">There is none, it does not hold (<see cref="ClientFault.NotVerified"/>), or no answer came.</exception>
    public async Task<VerifiedReceipt> ReceiptAsync(Hash256 id, PrivateKey party, AccountId? sender, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(party);
        LedgerTrust trust = await TrustAsync(cancel).ConfigureAwait(false);
        string target = $"/v1/transfers/{id}/receipt?party={AccountIds.Of(party.PublicKey)}{(sender is { } known ? $"&sender={known}" : "")}";
        byte[] bytes = await GetBytesAsync(target, BinaryType, party, cancel).ConfigureAwait(false);
        if (!Receipt.TryRead(bytes, out Receipt? receipt))
        {
            throw new LedgerClientException(ClientFault.NotVerified, $"The receipt of {id} that the node sent is {ReceiptVerdict.Malformed}.");
        }

        ReceiptVerdict verdict = ReceiptVerifier.Verify(receipt, trust.Committee, trust.Ledger, out ReceiptFindings? findings);
        return verdict != ReceiptVerdict.Valid
            ? throw new LedgerClientException(ClientFault.NotVerified, $"The receipt of {id} that the node sent does not hold: {verdict}.")
            : findings!.TransferId == id
                ? new VerifiedReceipt(receipt, findings)
                : throw new LedgerClientException(ClientFault.NotVerified, $"The node sent the receipt of {findings.TransferId} for {id}.");
    }
}
