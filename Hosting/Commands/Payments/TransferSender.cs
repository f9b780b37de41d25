using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Api.Contracts;
using LeitherCluster.Hosting.Api.Endpoints;
using LeitherCluster.Hosting.Client;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Payments;

/// <summary>
/// Sends one transfer of a sender: finds a free nonce, signs, submits, and takes the next nonce when another transfer was quicker. When no
/// answer comes, it says how to send the very same transfer again, which is safe.
/// </summary>
internal sealed class TransferSender(LeitherClient client, LedgerView ledger, PrivateKey sender, TimeProvider clock)
{
    /// <summary>How often a nonce that another transfer took is replaced by the next.</summary>
    private const int AttemptsMax = 64;

    /// <summary>A transfer is good for this long, or for half of what the ledger allows if that is less.</summary>
    private const ulong ExpiryAheadMs = 10 * 60_000;

    private readonly byte[] _frame = new byte[FrameLayout.FrameBytesMax];

    /// <summary>Writes a frame for a body that has everything but what this type knows: ledger, sender, nonce, expiry.</summary>
    /// <returns>The frame's length.</returns>
    public delegate int FrameWriter(Span<byte> frame, in TransferBody body, PrivateKey sender);

    /// <summary>Sends it.</summary>
    /// <param name="draft">kind, receiver, amount, reference</param>
    /// <param name="write">makes the frame</param>
    /// <param name="nonce">the nonce to use and no other, or null</param>
    /// <param name="expiry">when it expires, or null for some minutes</param>
    /// <param name="waits">whether to wait for the commit</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="CommandFailedException">It was refused, or no answer came.</exception>
    public async Task<TransferResult> SendAsync(
        TransferBody draft, FrameWriter write, ulong? nonce, Timestamp? expiry, bool waits, CancellationToken cancel)
    {
        TransferBody body = draft with
        {
            Version = TransferBody.CurrentVersion,
            Ledger = ledger.Id,
            Sender = AccountIds.Of(sender.PublicKey),
            Expiry = expiry ?? new Timestamp(NowMs() + Math.Min(ExpiryAheadMs, ledger.ExpiryAheadMs / 2)),
        };
        ulong next = nonce ?? await NextNonceAsync(body.Sender, cancel).ConfigureAwait(false);
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

    private static CommandFailedException Refused(TransferResult result)
    {
        var outcome = (Outcome)result.OutcomeNumber;
        return new CommandFailedException(
            outcome == Outcome.Busy ? ExitCode.Busy : ExitCode.Refused,
            $"Refused: {result.Outcome} ({result.OutcomeNumber}). {OutcomeTexts.Explain(outcome)}");
    }

    private async Task<TransferResult> SubmitAsync(TransferBody body, FrameWriter write, bool waits, CancellationToken cancel)
    {
        int length = write(_frame, body, sender);
        try
        {
            BatchResult batch = await client.PostAsync(
                $"/v1/transfers/batch?wait={(waits ? "committed" : "accepted")}",
                _frame[..length],
                BatchAnswers.BinaryType,
                ApiJson.Default.BatchResult,
                cancel).ConfigureAwait(false);
            return batch.Answers[0];
        }
        catch (CommandFailedException failure) when (failure.ExitCode is ExitCode.Unreachable or ExitCode.Busy)
        {
            throw new CommandFailedException(
                failure.ExitCode,
                $"{failure.Message} The very same transfer may be sent again safely: add --nonce {body.Nonce} --expiry {body.Expiry.UnixMs}");
        }
    }

    private async Task<ulong> NextNonceAsync(AccountId account, CancellationToken cancel)
    {
        AccountResult now = await client.GetAsync($"/v1/accounts/{account}", ApiJson.Default.AccountResult, sender, cancel).ConfigureAwait(false);
        return now.HighestNonce + 1;
    }

    private ulong NowMs() => (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds();
}
