using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// All that can be said against a transfer without looking at an account: the outcomes from <see cref="Outcome.Malformed"/> to
/// <see cref="Outcome.NotAccepted"/>, in their order, the lowest number first. Cheap checks run first, for all frames; then
/// public keys are hashed many at a time; then the signers' signatures are verified together, and of what is left the receivers'. What
/// passes is <see cref="Outcome.Pending"/>. Whether an expiry has passed is judged at the seal. One instance serves one thread, and allocates
/// nothing after it was made.
/// </summary>
public sealed unsafe class StatelessCheck
{
    private readonly AccountId _organization;
    private readonly Amount _minimum;
    private readonly ulong _expiryAheadMs;
    private readonly ulong _holdAheadMs;
    private readonly SignatureBatch _signatures;

    /// <summary>
    /// With a seed of <see cref="SignatureVerifier.SeedLength"/> bytes, secret and for this instance only, signatures are verified by batch equations; without
    /// one, lane by lane, which takes up to twice as long. The verdicts are the same.
    /// </summary>
    public StatelessCheck(LedgerParameters parameters, SignatureRoom? room = null, ReadOnlySpan<byte> seed = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _organization = parameters.Ledger.OrganizationAccount;
        _minimum = parameters.MinimumAmount;
        _expiryAheadMs = parameters.ExpiryAheadMs;
        _holdAheadMs = parameters.HoldAheadMs;
        _signatures = new SignatureBatch(room ?? SignatureRoom.Default, seed);
    }

    /// <summary>Signatures that the last run verified: standing acceptances found good before are not among them.</summary>
    public long Verified => _signatures.Verified;

    /// <summary>The last run's frames that have a signature which does not hold, one entry for each such signature. Valid until the next run.</summary>
    public ReadOnlySpan<int> BadFrames => _signatures.BadFrames;

    /// <summary>
    /// What verifying took in the last run more than if all signatures had held, in parts that a signature has in a batch's equation (2.5 µs): at least 10 for
    /// each that did not hold, and 0 if all did.
    /// </summary>
    public long Wasted => _signatures.Wasted;

    /// <summary>
    /// Judges frames, each of which lies whole where its address says (<see cref="FrameWalk"/>), and stays there meanwhile.
    /// <paramref name="committedNow"/> is the timestamp of the last committed beat, from which expiries are measured.
    /// </summary>
    /// <exception cref="ArgumentException">There are not as many outcomes as frames.</exception>
    public void Run(byte** frames, int count, Timestamp committedNow, SignatureMode mode, Span<Outcome> outcomes)
    {
        if (outcomes.Length != count)
        {
            throw new ArgumentException($"{count} frames need as many outcomes, not {outcomes.Length}.", nameof(outcomes));
        }

        _signatures.Begin();
        KeyBatch keys = new(outcomes);
        for (int i = 0; i < count; i++)
        {
            outcomes[i] = CheckTerms(frames[i], committedNow);
            AddKeys(frames[i], ref keys, outcomes[i], i);
        }

        keys.Flush();
        if (mode == SignatureMode.Verify)
        {
            VerifySigners(frames, outcomes);
            VerifyAcceptances(frames, outcomes);
        }
    }

    internal static void Refuse(ref Outcome outcome, Outcome refusal)
    {
        if (outcome == Outcome.Pending || refusal < outcome)
        {
            outcome = refusal;
        }
    }

    private Outcome CheckTerms(byte* start, Timestamp now)
    {
        FrameVerdict verdict = FrameCheck.Check(new ReadOnlySpan<byte>(start, Unsafe.ReadUnaligned<int>(start)));
        if (verdict.Outcome == Outcome.Malformed)
        {
            return Outcome.Malformed;
        }

        TransferFrame frame = new(start);
        ref readonly TransferBody body = ref frame.Body;
        if (body.Ledger.OrganizationAccount != _organization)
        {
            return Outcome.WrongLedger;
        }

        if (verdict.SmallestAmount < _minimum)
        {
            return verdict.SmallestAmount == Amount.Zero ? Outcome.AmountZero : Outcome.BelowMinimum;
        }

        if (verdict.Outcome != Outcome.Pending)
        {
            return verdict.Outcome;
        }

        if (IsTooFar(body.Expiry, now, _expiryAheadMs)
            || (body.Kind == TransferKind.Reserve && IsTooFar(frame.HoldTerms.Expiry, now, _holdAheadMs)))
        {
            return Outcome.ExpiryTooFar;
        }

        if (FrameLayout.IsIssuance(body.Kind) && body.Sender != _organization)
        {
            return Outcome.BadSignature;
        }

        return IsCovered(frame) ? Outcome.Pending : Outcome.NotAccepted;
    }

    private static bool IsTooFar(Timestamp expiry, Timestamp now, ulong aheadMs) => expiry > now && expiry.UnixMs - now.UnixMs > aheadMs;

    // Whether the terms of all standing acceptances that came along cover what they are for.
    private static bool IsCovered(in TransferFrame frame)
    {
        ref readonly TransferBody body = ref frame.Body;
        if (frame.AcceptanceForm == AcceptanceForm.Standing
            && !frame.Standing.Terms.Covers(body.Ledger, body.Sender, body.Receiver, body.Amount))
        {
            return false;
        }

        foreach (BundleItem item in frame.Items)
        {
            if (item.AcceptanceForm == AcceptanceForm.Standing
                && !item.Standing.Terms.Covers(body.Ledger, body.Sender, item.Receiver, item.Amount))
            {
                return false;
            }
        }

        return true;
    }

    private static void AddKeys(byte* start, ref KeyBatch keys, Outcome outcome, int index)
    {
        // A lower refusal than these two stays what it is.
        if (outcome is not (Outcome.Pending or Outcome.NotAccepted))
        {
            return;
        }

        TransferFrame frame = new(start);
        if (!FrameLayout.ActsOnHold(frame.Kind))
        {
            keys.Add(start + frame.SignerOffset, start + FrameLayout.SenderOffset, index, Outcome.BadSignature);
        }

        if (frame.AcceptanceForm != AcceptanceForm.None)
        {
            keys.Add(start + frame.AcceptanceOffset, start + FrameLayout.ReceiverOffset, index, Outcome.NotAccepted);
        }

        if (frame.Kind == TransferKind.Bundle)
        {
            byte* item = start + FrameLayout.ItemsOffset;
            for (int i = 0; i < frame.Body.ItemNumber; i++)
            {
                keys.Add(item + FrameLayout.ItemBytes, item + BundleItem.ReceiverOffset, index, Outcome.NotAccepted);
                item += Unsafe.ReadUnaligned<ushort>(item);
            }
        }
    }

    private void VerifySigners(byte** frames, Span<Outcome> outcomes)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] is Outcome.Pending or Outcome.NotAccepted)
            {
                TransferFrame frame = new(frames[i]);
                _signatures.AddTransfer(frames[i] + frame.SignerOffset, frame.SignedBytes, i);
            }

            FlushIfFull(outcomes, Outcome.BadSignature);
        }

        _signatures.Flush(outcomes, Outcome.BadSignature);
    }

    private void VerifyAcceptances(byte** frames, Span<Outcome> outcomes)
    {
        for (int i = 0; i < outcomes.Length; i++)
        {
            if (outcomes[i] != Outcome.Pending)
            {
                continue;
            }

            TransferFrame frame = new(frames[i]);
            byte* key = frames[i] + frame.AcceptanceOffset;
            if (frame.AcceptanceForm == AcceptanceForm.Signature)
            {
                _signatures.AddTransfer(key, frame.SignedBytes, i);
            }
            else if (frame.AcceptanceForm == AcceptanceForm.Standing)
            {
                _signatures.AddStanding(key, i);
            }

            FlushIfFull(outcomes, Outcome.NotAccepted);
            AddItems(frame, frames[i] + FrameLayout.ItemsOffset, outcomes, i);
        }

        _signatures.Flush(outcomes, Outcome.NotAccepted);
    }

    private void AddItems(in TransferFrame frame, byte* item, Span<Outcome> outcomes, int index)
    {
        foreach (BundleItem current in frame.Items)
        {
            byte* key = item + FrameLayout.ItemBytes;
            if (current.AcceptanceForm == AcceptanceForm.Signature)
            {
                TransferBody body = current.BodyIn(frame.Body);
                _signatures.AddTransfer(key, new ReadOnlySpan<byte>(&body, TransferBody.SizeBytes), index);
            }
            else if (current.AcceptanceForm == AcceptanceForm.Standing)
            {
                _signatures.AddStanding(key, index);
            }

            FlushIfFull(outcomes, Outcome.NotAccepted);
            item += current.LengthBytes;
        }
    }

    private void FlushIfFull(Span<Outcome> outcomes, Outcome refusal)
    {
        if (_signatures.IsFull)
        {
            _signatures.Flush(outcomes, refusal);
        }
    }
}
