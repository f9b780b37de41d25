using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Bundles that are really signed, each sent once: by all parties in turn, their items to parties that chance chooses, under their standing acceptances.</summary>
internal static class SignedBundles
{
    public const int Items = 100;
    public const int BatchBundles = 100;

    /// <summary>Signs bundles, in batches.</summary>
    /// <param name="parties">who pay each other</param>
    /// <param name="bundles">how many, a whole number of batches</param>
    /// <param name="noncesBefore">nonces that every party has used</param>
    public static TransferBatch[] Sign(SignedParties parties, int bundles, int noncesBefore)
    {
        var batches = new TransferBatch[bundles / BatchBundles];
        Parallel.For(0, batches.Length, number => batches[number] = SignBatch(parties, number * BatchBundles, noncesBefore));
        return batches;
    }

    private static TransferBatch SignBatch(SignedParties parties, int first, int noncesBefore)
    {
        var chance = new Random(first);
        byte[] frame = new byte[FrameLayout.ItemsOffset + (Items * (FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes))];
        var batch = new TransferBatch(BatchBundles * frame.Length);
        for (int number = first; number < first + BatchBundles; number++)
        {
            (int round, int sender) = Math.DivRem(number, parties.Count);
            var bundle = new BundleBuilder(frame, parties.BodyOf(TransferKind.Bundle, sender, noncesBefore + round + 1));
            for (int item = 0; item < Items; item++)
            {
                int receiver = chance.Next(parties.Count);
                bundle.Add(parties.Ids[receiver], SignedParties.Amount, default, parties.AcceptanceOf(receiver));
            }

            batch.TryAppend(frame.AsSpan(0, bundle.Finish(parties.KeyOf(sender))));
        }

        return batch;
    }
}
