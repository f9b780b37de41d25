using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>The tree's figures as tables.</summary>
internal static class TreeReport
{
    private const double BytesMax = 135;
    private const double GroundRatioMax = 3;

    private static readonly Dictionary<int, double> s_requiredPerSecond = new() { [20_000] = 1.2e6, [200_000] = 2e6, [2_000_000] = 5e6 };

    public static BenchmarkReport Of(
        long accounts, IReadOnlyList<UpdateFigures> updates, double hashNanoseconds, MemoryFigures memory, IReadOnlyList<GroundPrefixCost> ground) => new()
    {
        Benchmark = "tree",
        Title = $"The synopsis tree: {Figure.Count(accounts)} accounts, {IdTable.Branches} branches, T = {Accounts.Translucency}, one core",
        Tables =
        [
            SpeedTable(updates),
            TimeTable(updates, hashNanoseconds),
            MemoryTable(memory),
            GroundTable(ground),
        ],
        Thresholds = [.. Thresholds(updates, memory, ground)],
        Notes =
        [
            "A run draws other accounts each time, all over the ledger, looks them up, changes their balances and updates all 256 "
            + "branches; the 255 nodes above them are not in it. By the wall clock the best run counts, and the median tells how much others used the machine; time on the core leaves out "
            + "what others took of it, except of its caches.",
            $"Hashing alone: as many compressions as the update did, at the {Figure.Short(hashNanoseconds)} ns each that 2,048 of "
            + "them take in the second-level cache. It is the limit of an update that does these compressions on this core.",
            "Necessary compressions: two a changed leaf and one for each inner node above one, which any path-compressed tree must do. "
            + "The others hash changed buckets whole, which saves the memory of leaf digests.",
        ],
    };

    private static ReportTable SpeedTable(IReadOnlyList<UpdateFigures> updates) => new(
        "Batch update, lookups and hashing included:",
        ["changed leaves", "ns a leaf, best", "median", "on a core, best", "million leaves/s, best", "runs"],
        [.. updates.Select(update => (IReadOnlyList<string>)
        [
            Figure.Count(update.Changed),
            Figure.Short(update.Sample.BestNanoseconds),
            Figure.Short(1e9 / update.Sample.MedianPerSecond),
            Figure.Short(update.Sample.ProcessorNanoseconds),
            Figure.Millions(update.Sample.BestPerSecond),
            Figure.Count(update.Sample.Runs),
        ])]);

    private static ReportTable TimeTable(IReadOnlyList<UpdateFigures> updates, double hashNanoseconds) => new(
        "Where the time on the core went, in ns a changed leaf:",
        ["changed leaves", "lookup and write", "hashing alone", "gather, copy, wait for memory", "hashing's share", "compressions a leaf", "necessary"],
        [.. updates.Select(update =>
        {
            UpdateRun best = update.Best;
            double hashing = hashNanoseconds * best.Compressions / update.Changed;
            return (IReadOnlyList<string>)
            [
                Figure.Count(update.Changed),
                Figure.Short(update.PerLeaf(best.LookupSeconds)),
                Figure.Short(hashing),
                Figure.Short(update.PerLeaf(best.UpdateSeconds) - hashing),
                Figure.Percent(hashing / update.PerLeaf(best.Time.ProcessorSeconds)),
                Figure.Short(best.Compressions / (double)update.Changed),
                Figure.Short(update.NecessaryCompressions / (double)update.Changed),
            ];
        })]);

    private static ReportTable MemoryTable(MemoryFigures memory) => new(
        "Memory, of which the account's record is 64 bytes:",
        ["what", "bytes an account"],
        [
            ["what the process grew by in memory, loaded at once and hashed", Figure.Short(memory.Resident)],
            ["what the trees hold, loaded at once", Figure.Short(memory.Native)],
            [$"what the trees hold, opened one by one ({Figure.Millions(memory.OpensPerSecond)} million/s)", Figure.Short(memory.NativeGrown)],
        ]);

    private static ReportTable GroundTable(IReadOnlyList<GroundPrefixCost> ground) => new(
        $"{Figure.Count(GroundPrefix.GroundAccounts)} accounts under one {GroundPrefix.PrefixBits}-bit prefix, in ns an account:",
        ["work", "random ids", "one prefix", "ratio"],
        [.. ground.Select(cost => (IReadOnlyList<string>)
            [cost.Work, Figure.Short(cost.RandomNanoseconds), Figure.Short(cost.GroundNanoseconds), Figure.Short(cost.Ratio)])]);

    private static IEnumerable<Threshold> Thresholds(
        IReadOnlyList<UpdateFigures> updates, MemoryFigures memory, IReadOnlyList<GroundPrefixCost> ground)
    {
        foreach (UpdateFigures update in updates)
        {
            if (s_requiredPerSecond.TryGetValue(update.Changed, out double required))
            {
                yield return new Threshold
                {
                    What = $"{Figure.Count(update.Changed)} changed leaves, million/s",
                    Measured = update.Sample.BestPerSecond / 1e6,
                    Required = required / 1e6,
                };
            }
        }

        yield return new Threshold
        {
            What = "bytes an account, all told",
            Measured = Math.Max(memory.Resident, memory.NativeGrown),
            Required = BytesMax,
            IsUpperBound = true,
        };
        yield return new Threshold
        {
            What = "one prefix to random ids, times",
            Measured = ground.Max(cost => cost.Ratio),
            Required = GroundRatioMax,
            IsUpperBound = true,
        };
    }
}
