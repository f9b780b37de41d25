using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// Plays the rounds of some payers, one batch a round, several rounds in flight. The bundles in flight of one payer never span more nonces than
/// the ledger's window, so a nonce that the window has left behind is a nonce that was used.
/// </summary>
internal sealed class RoundPlayer(
    ILedgerGateway gateway, ImportPlan plan, ImportAccounts accounts, IReadOnlyList<(Payer Payer, NonceWindow Used, ulong Base)> payers, ImportProgress progress, TimeProvider clock)
{
    private const int RoundsInFlightMax = 4;

    private readonly byte[] _frame = new byte[FrameLayout.FrameBytesMax];

    /// <summary>Plays what is not done yet; returns when all of it is committed.</summary>
    /// <exception cref="CommandFailedException">The ledger refused a payment, or stopped.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        int inFlightMax = Math.Clamp((NonceWindow.Width - 1) / plan.BundlesPerRoundMax, 1, RoundsInFlightMax);
        var inFlight = new Queue<SentRound>(inFlightMax);
        try
        {
            for (int round = 0; round < plan.RoundCount; round++)
            {
                cancel.ThrowIfCancellationRequested();
                SentRound sent = Build(round);
                if (sent.Bundles.Count == 0)
                {
                    continue;
                }

                await Submissions.SubmitAsync(gateway, sent.Batch, cancel).ConfigureAwait(false);
                inFlight.Enqueue(sent);
                if (inFlight.Count == inFlightMax)
                {
                    await SettleAsync(inFlight.Dequeue(), cancel).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            // Also when stopped: what was submitted is going to be committed, and is waited for.
            while (inFlight.TryDequeue(out SentRound? sent))
            {
                await SettleAsync(sent, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private SentRound Build(int round)
    {
        var sent = new SentRound(new TransferBatch());
        var expiry = new Timestamp((ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() + (gateway.Parameters.ExpiryAheadMs / 2));
        foreach ((Payer payer, NonceWindow used, ulong baseNonce) in payers)
        {
            for (int bundle = 0; bundle < payer.BundlesPerRound; bundle++)
            {
                ulong nonce = BundleNonce.Of(payer, baseNonce, round, bundle);
                if (nonce > used.Highest || used.IsFree(nonce))
                {
                    Append(sent, payer, bundle, nonce, expiry);
                }
            }
        }

        return sent;
    }

    private void Append(SentRound sent, Payer payer, int bundle, ulong nonce, Timestamp expiry)
    {
        var builder = new BundleBuilder(_frame, new TransferBody
        {
            Version = TransferBody.CurrentVersion,
            Kind = TransferKind.Bundle,
            Ledger = gateway.Parameters.Ledger,
            Sender = accounts.Ids[payer.Name],
            Nonce = nonce,
            Expiry = expiry,
        });
        foreach (PaymentOrder order in payer.OrdersOf(bundle))
        {
            builder.Add(accounts.Ids[order.To], order.Amount, References.Of(order.Reference), accounts.AcceptanceOf(order.To));
        }

        int length = builder.Finish(accounts.KeyOf(payer.Name));
        if (!sent.Batch.TryAppend(_frame.AsSpan(0, length)))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"One round of {plan.File.Orders.Count} payments does not fit a batch. Split the file.");
        }

        sent.Bundles.Add((payer, builder.ItemCount, sent.Batch.LengthBytes - length));
    }

    // Busy is the one refusal that time heals: those bundles are sent again, byte by byte the same.
    private async Task SettleAsync(SentRound sent, CancellationToken cancel)
    {
        await Submissions.AnsweredAsync(gateway, sent.Batch, cancel).ConfigureAwait(false);
        var busy = new SentRound(new TransferBatch());
        for (int i = 0; i < sent.Bundles.Count; i++)
        {
            (Payer payer, int itemCount, _) = sent.Bundles[i];
            TransferAnswer answer = sent.Batch.Answers[i];
            switch (answer.Outcome)
            {
                case Outcome.Committed:
                    progress.Add(itemCount);
                    break;
                case Outcome.Busy:
                    busy.Append(sent, i);
                    break;
                default:
                    throw new CommandFailedException(
                        ExitCode.Refused,
                        $"The ledger refused a payment of {plan.File.Names[payer.Name]}: {OutcomeTexts.NameOf(answer.Outcome)} ({(int)answer.Outcome}). {OutcomeTexts.Explain(answer.Outcome)}");
            }
        }

        if (busy.Bundles.Count == 0)
        {
            return;
        }

        await Submissions.SubmitAsync(gateway, busy.Batch, cancel).ConfigureAwait(false);
        await SettleAsync(busy, cancel).ConfigureAwait(false);
    }

    /// <summary>A batch and what is in it, frame by frame.</summary>
    private sealed class SentRound(TransferBatch batch)
    {
        public TransferBatch Batch { get; } = batch;

        public List<(Payer Payer, int ItemCount, int Offset)> Bundles { get; } = [];

        /// <summary>Takes over one frame of another round.</summary>
        public unsafe void Append(SentRound other, int index)
        {
            (Payer payer, int itemCount, int offset) = other.Bundles[index];
            var frame = new TransferFrame(other.Batch.Frames + offset);
            Bundles.Add((payer, itemCount, Batch.LengthBytes));
            Batch.TryAppend(frame.Bytes);
        }
    }
}
