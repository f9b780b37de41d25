using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Client;

/// <content>Transfers: frames in bulk, and one payment at a time.</content>
public sealed partial class LedgerClient
{
    private const string BatchTarget = "/v1/transfers/batch?wait=committed";
    private const int LengthBytes = sizeof(int);

    private static readonly TimeSpan s_againAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Submits frames, one behind the other as docs/PROTOCOL.md, section 3, lays them out, and waits until each is committed or refused. Those that are
    /// answered busy, or have no final answer yet, are sent again for as long as <see cref="LedgerClientOptions.Patience"/> says.
    /// </summary>
    /// <param name="frames">signed frames, for as long as this runs</param>
    /// <param name="cancel">gives up; what was sent may still be committed</param>
    /// <returns>An answer for every frame, in their order. One that is still <see cref="Outcome.Pending"/> or <see cref="Outcome.Busy"/> may be sent again later.</returns>
    /// <exception cref="ArgumentException">The bytes are no frames: a length makes no sense.</exception>
    /// <exception cref="LedgerClientException">No node answers; what became of the frames is not known, and they may be sent again.</exception>
    public async Task<TransferAnswer[]> SubmitAsync(ReadOnlyMemory<byte> frames, CancellationToken cancel)
    {
        int count = CountOf(frames.Span);
        long start = _clock.GetTimestamp();
        TransferAnswer[] answers = await SubmitOnceAsync(frames, count, cancel).ConfigureAwait(false);
        while (answers.Any(IsOpen) && _clock.GetElapsedTime(start) + s_againAfter <= _options.Patience)
        {
            await Task.Delay(s_againAfter, _clock, cancel).ConfigureAwait(false);
            Interlocked.Increment(ref _retries);
            ReadOnlyMemory<byte> rest = OpenOf(frames.Span, answers, out int open);
            TransferAnswer[] again = await SubmitOnceAsync(rest, open, cancel).ConfigureAwait(false);
            for (int i = 0, next = 0; i < answers.Length; i++)
            {
                answers[i] = IsOpen(answers[i]) ? again[next++] : answers[i];
            }
        }

        return answers;
    }

    /// <summary>Pays an account that has registered a standing acceptance with the node, and waits for the commit.</summary>
    /// <param name="payer">signs, and is charged</param>
    /// <param name="receiver">who is paid</param>
    /// <param name="amount">how much, in the token's smallest unit</param>
    /// <param name="reference">the parties' own remark</param>
    /// <param name="cancel">gives up; the payment may still be committed</param>
    /// <returns>The transfer's id and place in the ledger.</returns>
    /// <exception cref="LedgerClientException">It was refused (<see cref="LedgerClientException.Outcome"/> says how), or no answer came.</exception>
    public async Task<TransferResult> PayAsync(PrivateKey payer, AccountId receiver, Amount amount, Reference reference, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(payer);
        Acceptance acceptance = await FindAcceptanceAsync(payer, receiver, amount, cancel).ConfigureAwait(false)
            ?? throw new LedgerClientException(ClientFault.Refused, $"{receiver} has no standing acceptance that covers this.", Outcome.NotAccepted);
        var sender = new TransferSender(this, payer);
        return await sender.SendAsync(
            new TransferBody { Kind = TransferKind.Pay, Receiver = receiver, Amount = amount, Reference = reference },
            (frame, in body, key) => TransferBuilder.Pay(frame, body, key, acceptance),
            nonce: null,
            expiry: null,
            waits: true,
            cancel).ConfigureAwait(false);
    }

    /// <summary>The standing acceptance, registered with the node, under which a payer can pay a receiver this amount; null when there is none.</summary>
    public async Task<Acceptance?> FindAcceptanceAsync(PrivateKey payer, AccountId receiver, Amount amount, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(payer);
        LedgerResult ledger = await LedgerAsync(cancel).ConfigureAwait(false);
        AcceptanceResult found;
        try
        {
            found = await GetAsync(
                $"/v1/accounts/{receiver}/acceptance?payer={AccountIds.Of(payer.PublicKey)}&amount={amount.ToString(ledger.Decimals)}",
                ApiJson.Default.AcceptanceResult,
                payer,
                cancel).ConfigureAwait(false);
        }
        catch (LedgerClientException failure) when (failure.Fault == ClientFault.NotFound)
        {
            return null;
        }

        byte[] bytes = new byte[StandingAcceptance.SizeBytes];
        return PublicKey.TryParse(found.ReceiverKey, out PublicKey key)
            && Convert.FromHexString(found.Acceptance, bytes, out _, out int written) == System.Buffers.OperationStatus.Done && written == bytes.Length
            ? Acceptance.ByStanding(key, MemoryMarshal.Read<StandingAcceptance>(bytes))
            : throw NotALedger();
    }

    /// <summary>Registers a standing acceptance with the node that answers, for payments that name none.</summary>
    /// <param name="receiver">the receiver's key, which signed it</param>
    /// <param name="acceptance">what is registered</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="LedgerClientException">It was refused, or no answer came.</exception>
    public Task<AcceptanceResult> RegisterAcceptanceAsync(in PublicKey receiver, in StandingAcceptance acceptance, CancellationToken cancel)
    {
        var request = new AcceptanceRequest(receiver.ToString(), Convert.ToHexStringLower(MemoryMarshal.AsBytes(new ReadOnlySpan<StandingAcceptance>(in acceptance))));
        byte[] body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(request, ApiJson.Default.AcceptanceRequest);
        return PostAsync("/v1/acceptances", body, JsonType, ApiJson.Default.AcceptanceResult, cancel);
    }

    private static bool IsOpen(TransferAnswer answer) => answer.Outcome is Outcome.Pending or Outcome.Busy;

    private static int CountOf(ReadOnlySpan<byte> frames)
    {
        int count = 0;
        for (ReadOnlySpan<byte> rest = frames; !rest.IsEmpty; count++)
        {
            int length = rest.Length < LengthBytes ? 0 : BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length is < FrameLayout.FrameBytesMin or > FrameLayout.FrameBytesMax || length > rest.Length)
            {
                throw new ArgumentException($"Frame {count}, at byte {frames.Length - rest.Length}, has no length that it can have.", nameof(frames));
            }

            rest = rest[length..];
        }

        return count != 0 ? count : throw new ArgumentException("There are no frames.", nameof(frames));
    }

    // The frames without a final answer, one behind the other.
    private static byte[] OpenOf(ReadOnlySpan<byte> frames, TransferAnswer[] answers, out int open)
    {
        byte[] rest = new byte[frames.Length];
        int bytes = 0;
        open = 0;
        foreach (TransferAnswer answer in answers)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(frames);
            if (IsOpen(answer))
            {
                frames[..length].CopyTo(rest.AsSpan(bytes));
                bytes += length;
                open++;
            }

            frames = frames[length..];
        }

        return rest[..bytes];
    }

    private async Task<TransferAnswer[]> SubmitOnceAsync(ReadOnlyMemory<byte> frames, int count, CancellationToken cancel)
    {
        (_, byte[] body) = await SendAsync(endpoint => Post(endpoint, BatchTarget, frames, BinaryType, BinaryType), cancel).ConfigureAwait(false);
        var answers = new TransferAnswer[count];
        if (body.Length == 0)
        {
            // Not even accepted yet: all are pending.
            return answers;
        }

        if (body.Length != count * TransferAnswer.SizeBytes)
        {
            throw NotALedger();
        }

        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> answer = body.AsSpan(i * TransferAnswer.SizeBytes);
            answers[i] = new TransferAnswer(
                new TimeSequence(BinaryPrimitives.ReadUInt64LittleEndian(answer)),
                BinaryPrimitives.ReadUInt32LittleEndian(answer[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(answer[12..]),
                (Outcome)BinaryPrimitives.ReadUInt16LittleEndian(answer[16..]));
        }

        return answers;
    }
}
