using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// Payments that are really signed, each sent once: by all parties in turn, to one of them who accepts them beforehand. So each takes one verification; that of the
/// acceptance is remembered.
/// </summary>
internal static class SignedTraffic
{
    public const int BatchFrames = 2_048;

    private const int SignatureOffset = FrameLayout.ExtensionOffset + FrameLayout.KeyBytes;

    /// <summary>Signs payments, in batches.</summary>
    /// <param name="parties">who pay, one after the other</param>
    /// <param name="payments">how many, a whole number of batches; as many for each party as it may have in flight, at the most</param>
    /// <param name="noncesBefore">nonces that every party has used</param>
    public static TransferBatch[] Sign(SignedParties parties, int payments, int noncesBefore)
    {
        var batches = new TransferBatch[payments / BatchFrames];
        Parallel.For(0, batches.Length, number => batches[number] = SignBatch(parties, number * BatchFrames, noncesBefore));
        return batches;
    }

    /// <summary>The same with a bit of every sender's signature turned over.</summary>
    public static TransferBatch[] Spoil(IEnumerable<TransferBatch> batches, SourceId source) => [.. batches.Select(batch => Spoil(batch, source))];

    private static unsafe TransferBatch Spoil(TransferBatch good, SourceId source)
    {
        var bad = new TransferBatch { Source = source };
        bad.TryAppend(new ReadOnlySpan<byte>(good.Frames, good.LengthBytes));
        for (int offset = 0; offset < bad.LengthBytes; offset += *(int*)(bad.Frames + offset))
        {
            bad.Frames[offset + SignatureOffset] ^= 1;
        }

        return bad;
    }

    private static TransferBatch SignBatch(SignedParties parties, int first, int noncesBefore)
    {
        var batch = new TransferBatch();
        byte[] frame = new byte[FrameLayout.FrameBytesMin + FrameLayout.StandingAcceptanceBytes];
        for (int payment = first; payment < first + BatchFrames; payment++)
        {
            (int round, int sender) = Math.DivRem(payment, parties.Count);
            TransferBody body = parties.BodyOf(TransferKind.Pay, sender, noncesBefore + round + 1) with { Receiver = parties.Ids[0], Amount = SignedParties.Amount };
            int length = TransferBuilder.Pay(frame, body, parties.KeyOf(sender), parties.AcceptanceOf(0));
            batch.TryAppend(frame.AsSpan(0, length));
        }

        return batch;
    }
}
