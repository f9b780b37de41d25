using FsCheck;
using FsCheck.Fluent;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>A random story of a ledger, told anew from its seed.</summary>
/// <param name="Seed">everything random comes from it</param>
/// <param name="DepthBits">2^depth branches</param>
/// <param name="Steps">batches sent, pulses, restarts and looks back</param>
/// <param name="Parties">accounts at first; there come more</param>
/// <param name="Tight">windows are small, so that they are full now and then</param>
public sealed record LedgerCase(int Seed, int DepthBits, int Steps, int Parties, bool Tight)
{
    internal static Arbitrary<LedgerCase> Any { get; } = (
        from seed in Gen.Choose(0, int.MaxValue)
        from depthBits in Gen.Choose(0, 3)
        from steps in Gen.Choose(5, 60)
        from parties in Gen.Choose(1, 24)
        from tight in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new LedgerCase(seed, depthBits, steps, parties, tight)).ToArbitrary();
}
