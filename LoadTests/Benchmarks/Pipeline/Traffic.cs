using System.Runtime.InteropServices;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Trees;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Draws the party that a sender pays.</summary>
internal delegate int ReceiverChoice(int sender, ref SplitMix random);

/// <summary>
/// Batches of payments between random parties, made beforehand: whole frames under two signatures, which are random bytes. They are
/// sent round after round; in each, every nonce is greater by the most payments that one party has in a round.
/// </summary>
internal sealed unsafe class Traffic
{
    /// <summary>Bytes of a payment that both sign.</summary>
    public const int FrameBytes = FrameLayout.FrameBytesMin + FrameLayout.SignedAcceptanceBytes;

    /// <summary>
    /// Payments of one party in a round at the most: in flight are this round's nonces and, of batches not yet sealed, the last round's, and together
    /// they stay within a nonce window.
    /// </summary>
    public const int PaymentsPerPartyMax = (NonceWindow.Width / 2) - 1;

    private const int NonceOffset = FrameLayout.ReceiverOffset + AccountId.SizeBytes + sizeof(ulong);

    private readonly Population _parties;
    private readonly ReceiverChoice _choose;
    private readonly byte[] _sent;
    private readonly Timestamp _expiry = ExpiryFrom(DateTimeOffset.UtcNow);
    private readonly Signature _junk;
    private int _perParty;

    /// <param name="parties">who pay each other</param>
    /// <param name="batchFrames">payments in a batch</param>
    /// <param name="batches">how many</param>
    /// <param name="choose">whom a party pays; anybody when left out</param>
    /// <param name="seed">of all that is drawn</param>
    public Traffic(Population parties, int batchFrames, int batches, ReceiverChoice? choose = null, int seed = 1)
    {
        if ((long)batchFrames * batches > (long)parties.Count * PaymentsPerPartyMax)
        {
            throw new ArgumentException($"{parties.Count} parties have at most {(long)parties.Count * PaymentsPerPartyMax} payments under way, not {(long)batchFrames * batches}.", nameof(batches));
        }

        BatchFrames = batchFrames;
        _parties = parties;
        _sent = new byte[parties.Count];
        byte[] junk = new byte[Signature.ByteLength];
        new Random(1).NextBytes(junk);
        _junk = new Signature(junk);
        Batches = new TransferBatch[batches];
        var random = new SplitMix((ulong)seed);
        _choose = choose ?? ((int _, ref SplitMix drawn) => (int)drawn.Below(parties.Count));
        byte[] frame = new byte[FrameBytes];
        for (int i = 0; i < batches; i++)
        {
            var batch = new TransferBatch(batchFrames * FrameBytes);
            for (int k = 0; k < batchFrames; k++)
            {
                Draw(frame, ref random);
                batch.TryAppend(frame);
            }

            batch.SignaturesChecked = true;
            Batches[i] = batch;
        }
    }

    public int BatchFrames { get; }

    /// <summary>By how much every nonce of a round is greater than in the round before.</summary>
    public int NonceStep => _perParty;

    public TransferBatch[] Batches { get; }

    /// <summary>As far ahead as the ledger allows, but for the hour that a load may take to be prepared.</summary>
    public static Timestamp ExpiryFrom(DateTimeOffset now) =>
        new((ulong)now.AddMilliseconds(LedgerInProcess.Parameters.ExpiryAheadMs).AddHours(-1).ToUnixTimeMilliseconds());

    /// <summary>Makes an answered batch ready for the next round.</summary>
    /// <exception cref="InvalidOperationException">A payment of it was refused.</exception>
    public void NextRound(TransferBatch batch)
    {
        RequireCommitted(batch);
        Renew(batch);
    }

    /// <summary>Makes an answered batch ready for the next round, whatever the answers were.</summary>
    public void Renew(TransferBatch batch)
    {
        ulong step = (ulong)_perParty;
        byte* nonce = batch.Frames + NonceOffset;
        for (byte* end = nonce + batch.LengthBytes; nonce != end; nonce += FrameBytes)
        {
            *(ulong*)nonce += step;
        }

        batch.Rewind();
    }

    /// <summary>Throws unless all of an answered batch is committed.</summary>
    public static void RequireCommitted(TransferBatch batch)
    {
        foreach (ref readonly TransferAnswer answer in batch.Answers)
        {
            if (answer.Outcome != Outcome.Committed)
            {
                throw new InvalidOperationException($"A payment was answered {answer.Outcome}.");
            }
        }
    }

    private void Draw(Span<byte> frame, ref SplitMix random)
    {
        int from = (int)random.Below(_parties.Count);
        while (_sent[from] == PaymentsPerPartyMax)
        {
            from = (int)random.Below(_parties.Count);
        }

        int to = _choose(from, ref random);
        ulong nonce = ++_sent[from];
        _perParty = Math.Max(_perParty, _sent[from]);
        var body = new TransferBody
        {
            Kind = TransferKind.Pay,
            Ledger = LedgerInProcess.Parameters.Ledger,
            Sender = _parties[from],
            Receiver = _parties[to],
            Amount = new Amount(1),
            Nonce = nonce,
            Expiry = _expiry,
        };
        frame.Clear();
        MemoryMarshal.Write(frame, FrameBytes);
        frame[FrameLayout.FormOffset] = (byte)AcceptanceForm.Signature;
        MemoryMarshal.Write(frame[FrameLayout.BodyOffset..], in body);
        WriteParty(frame[FrameLayout.ExtensionOffset..], from);
        WriteParty(frame[(FrameLayout.ExtensionOffset + FrameLayout.SignedAcceptanceBytes)..], to);
    }

    private void WriteParty(Span<byte> place, int party)
    {
        Population.KeyOf(party).CopyTo(place);
        _junk.CopyTo(place[FrameLayout.KeyBytes..]);
    }
}
