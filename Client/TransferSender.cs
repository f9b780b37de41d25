using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Client;

/// <summary>
/// Sends one transfer of a sender: finds a free nonce, signs, submits, and takes the next nonce when another transfer was quicker. What is tried again after a lost
/// answer is the very same transfer.
/// </summary>
/// <param name="client">the ledger</param>
/// <param name="sender">signs</param>
public sealed class TransferSender(LedgerClient client, PrivateKey sender)
{
    /// <summary>How often a nonce that another transfer took is replaced by the next.</summary>
    private const int AttemptsMax = 64;

    /// <summary>A transfer is good for this long, or for half of what the ledger allows if that is less.</summary>
    private const ulong ExpiryAheadMs = 10 * 60_000;

    private readonly byte[] _frame = new byte[FrameLayout.FrameBytesMax];

    /// <summary>Writes a frame for a body that has everything, signed by the sender.</summary>
    /// <returns>The frame's length.</returns>
    public delegate int FrameWriter(Span<byte> frame, in TransferBody body, PrivateKey sender);

    /// <summary>The body that was sent last; what to send again when no answer came.</summary>
    public TransferBody LastSent { get; private set; }

    /// <summary>Sends it.</summary>
    /// <param name="draft">kind, receiver, amount, reference; ledger, sender, nonce and expiry are filled in</param>
    /// <param name="write">makes the frame</param>
    /// <param name="nonce">the nonce to use and no other, or null</param>
    /// <param name="expiry">when it expires, or null for some minutes</param>
    /// <param name="waits">whether to wait for the commit</param>
    /// <param name="cancel">gives up</param>
    /// <returns>Its id with the outcome committed, or pending.</returns>
    /// <exception cref="LedgerClientException">It was refused, or no answer came.</exception>
    public async Task<TransferResult> SendAsync(
        TransferBody draft, FrameWriter write, ulong? nonce, Timestamp? expiry, bool waits, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(write);
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        TransferBody body = draft with
        {
            Version = TransferBody.CurrentVersion,
            Ledger = (await client.TrustAsync(cancel).ConfigureAwait(false)).Ledger,
            Sender = AccountIds.Of(sender.PublicKey),
            Expiry = expiry ?? new Timestamp(client.NowMs() + Math.Min(ExpiryAheadMs, ledger.ExpiryAheadMs / 2)),
        };
        ulong next = nonce ?? await client.HighestNonceAsync(sender, cancel).ConfigureAwait(false) + 1;
        for (int attempt = 0; ; attempt++)
        {
            body = body with { Nonce = next + (ulong)attempt };
            TransferResult result = await SubmitAsync(body, write, waits, cancel).ConfigureAwait(false);
            if (result.OutcomeNumber != (int)Outcome.NonceUsed || nonce is not null || attempt == AttemptsMax - 1)
            {
                return result.OutcomeNumber is (int)Outcome.Committed or (int)Outcome.Pending ? result : throw Refused(result);
            }
        }
    }

    private static LedgerClientException Refused(TransferResult result)
    {
        var outcome = (Outcome)result.OutcomeNumber;
        return new LedgerClientException(outcome == Outcome.Busy ? ClientFault.Busy : ClientFault.Refused, $"Refused: {result.Outcome} ({result.OutcomeNumber}).", outcome);
    }

    private async Task<TransferResult> SubmitAsync(TransferBody body, FrameWriter write, bool waits, CancellationToken cancel)
    {
        LastSent = body;
        int length = write(_frame, body, sender);
        BatchResult batch = await client.PostAsync(
            $"/v1/transfers/batch?wait={(waits ? "committed" : "accepted")}", _frame[..length], "application/octet-stream", ApiJson.Default.BatchResult, cancel).ConfigureAwait(false);
        return batch.Answers[0];
    }
}
