using FsCheck;
using FsCheck.Fluent;

namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>Accounts anywhere, and the bands of trunks above the branches that hold them.</summary>
public sealed record ForestCase(TreeCase Tree, IReadOnlyList<int> Bands)
{
    internal static Arbitrary<ForestCase> Any { get; } = (
        from tree in TreeCase.Any.Generator
        from bands in Gen.Elements(new[] { 8 }, new[] { 4 }, new[] { 3, 5 }, new[] { 2, 2, 1 }, new[] { 6, 4 }, Array.Empty<int>())
        select new ForestCase(tree with { DepthBits = 0 }, bands)).ToArbitrary();
}
