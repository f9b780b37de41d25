using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>Distinct accounts drawn at random, grouped by branch, in random order within it: as a pulse's transfers come.</summary>
internal sealed unsafe class Changes : IDisposable
{
    private readonly AccountId* _ids;
    private readonly int[] _starts;

    /// <param name="table">all accounts</param>
    /// <param name="count">how many are drawn</param>
    /// <param name="seed">of the drawing</param>
    /// <param name="depthBits">bits of an id that say its branch</param>
    public Changes(IdTable table, int count, ulong seed, int depthBits = IdTable.DepthBits)
    {
        Count = count;
        _starts = new int[(1 << depthBits) + 1];
        Drawn = new bool[table.Count];
        _ids = (AccountId*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(AccountId));
        AccountId[] drawn = Draw(table, new SplitMix(seed));
        foreach (AccountId id in drawn)
        {
            _starts[id.Prefix(depthBits) + 1]++;
        }

        for (int branch = 0; branch < 1 << depthBits; branch++)
        {
            _starts[branch + 1] += _starts[branch];
        }

        int[] next = [.. _starts];
        foreach (AccountId id in drawn)
        {
            _ids[next[id.Prefix(depthBits)]++] = id;
        }
    }

    public int Count { get; }

    /// <summary>For each id of the table, whether it was drawn.</summary>
    public bool[] Drawn { get; }

    public ReadOnlySpan<AccountId> OfBranch(int branch) => new(_ids + _starts[branch], _starts[branch + 1] - _starts[branch]);

    public void Dispose() => NativeMemory.Free(_ids);

    private AccountId[] Draw(IdTable table, SplitMix random)
    {
        var drawn = new AccountId[Count];
        for (int change = 0; change < drawn.Length;)
        {
            long index = random.Below(table.Count);
            if (!Drawn[index])
            {
                Drawn[index] = true;
                drawn[change++] = table[index];
            }
        }

        return drawn;
    }
}
