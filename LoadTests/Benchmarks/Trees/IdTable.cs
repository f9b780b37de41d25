using System.Buffers.Binary;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>Ascending, distinct account ids in native memory, and where each branch's begin.</summary>
internal sealed unsafe class IdTable : IDisposable
{
    public const int DepthBits = 8;
    public const int Branches = 1 << DepthBits;

    private readonly AccountId* _ids;
    private readonly long[] _starts = new long[Branches + 1];

    private IdTable(long count)
    {
        Count = count;
        _ids = (AccountId*)NativeMemory.Alloc((nuint)(count * sizeof(AccountId)));
    }

    public long Count { get; }

    public AccountId this[long index] => _ids[index];

    /// <summary>Random ids, as hashes are.</summary>
    public static IdTable Random(long count, ulong seed)
    {
        var table = new IdTable(count);
        var random = new SplitMix(seed);
        for (long id = 0; id < count; id++)
        {
            table._starts[(random.Next() & (Branches - 1)) + 1]++;
        }

        for (int branch = 0; branch < Branches; branch++)
        {
            table._starts[branch + 1] += table._starts[branch];
            Span<AccountId> ids = table.OfBranch(branch);
            foreach (ref AccountId id in ids)
            {
                id = RandomId(ref random, (ulong)branch << (64 - DepthBits), DepthBits);
            }

            ids.Sort();
        }

        return table;
    }

    /// <summary>An id whose first bits are those of <paramref name="prefix"/>, which has them at its top.</summary>
    public static AccountId RandomId(ref SplitMix random, ulong prefix, int prefixBits)
    {
        Span<byte> bytes = stackalloc byte[AccountId.SizeBytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, prefix | (random.Next() >> prefixBits));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], random.Next());
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], (uint)random.Next());
        return new AccountId(bytes);
    }

    /// <summary>The ids of a branch, when so many bits of an id say its branch.</summary>
    public ReadOnlySpan<AccountId> OfBranch(int branch, int depthBits)
    {
        long start = FirstOf(branch, depthBits);
        return new ReadOnlySpan<AccountId>(_ids + start, (int)(FirstOf(branch + 1, depthBits) - start));
    }

    public Span<AccountId> OfBranch(int branch) => new(_ids + _starts[branch], (int)(_starts[branch + 1] - _starts[branch]));

    public void Dispose() => NativeMemory.Free(_ids);

    private long FirstOf(int branch, int depthBits)
    {
        long low = 0;
        long high = Count;
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (_ids[middle].Prefix(depthBits) < (uint)branch)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
