namespace LeitherCluster.Hosting.Import;

/// <summary>The nonce of a bundle, which follows from its place in the import (<see cref="ImportPlan"/>).</summary>
internal static class BundleNonce
{
    public static ulong Of(Payer payer, ulong baseNonce, int round, int bundle) =>
        baseNonce + ((ulong)round * (ulong)payer.BundlesPerRound) + (ulong)bundle + 1;
}
