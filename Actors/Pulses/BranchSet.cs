using System.Numerics;

namespace LeitherCluster.Actors.Pulses;

/// <summary>A set of branch indices of one ledger, as a bitmap.</summary>
public sealed class BranchSet
{
    private const int BitsPerWord = 64;

    private readonly ulong[] _words;

    /// <summary>An empty set over <paramref name="branchCount"/> branches.</summary>
    public BranchSet(int branchCount)
    {
        BranchCount = branchCount;
        _words = new ulong[(branchCount + BitsPerWord - 1) / BitsPerWord];
    }

    public int BranchCount { get; }

    public int Count
    {
        get
        {
            int count = 0;
            foreach (ulong word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    public bool IsFull => Count == BranchCount;

    /// <summary>The set of all branches.</summary>
    public static BranchSet All(int branchCount)
    {
        var all = new BranchSet(branchCount);
        for (uint branch = 0; branch < (uint)branchCount; branch++)
        {
            all.Add(branch);
        }

        return all;
    }

    public bool Contains(uint branch) => (_words[branch / BitsPerWord] >> (int)(branch % BitsPerWord) & 1) != 0;

    /// <summary>Adds a branch; false when it was there.</summary>
    public bool Add(uint branch)
    {
        ref ulong word = ref _words[branch / BitsPerWord];
        ulong bit = 1UL << (int)(branch % BitsPerWord);
        bool added = (word & bit) == 0;
        word |= bit;
        return added;
    }

    /// <summary>Removes a branch; false when it was not there.</summary>
    public bool Remove(uint branch)
    {
        ref ulong word = ref _words[branch / BitsPerWord];
        ulong bit = 1UL << (int)(branch % BitsPerWord);
        bool removed = (word & bit) != 0;
        word &= ~bit;
        return removed;
    }

    /// <summary>Adds all of another set over the same ledger.</summary>
    public void UnionWith(BranchSet other)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] |= other._words[i];
        }
    }

    /// <summary>Keeps what is in another set over the same ledger, too.</summary>
    public void IntersectWith(BranchSet other)
    {
        for (int i = 0; i < _words.Length; i++)
        {
            _words[i] &= other._words[i];
        }
    }

    public BranchSet Copy()
    {
        var copy = new BranchSet(BranchCount);
        copy.UnionWith(this);
        return copy;
    }

    public void Clear() => Array.Clear(_words);

    /// <summary>The members in ascending order.</summary>
    public IEnumerable<uint> Members()
    {
        for (int i = 0; i < _words.Length; i++)
        {
            for (ulong left = _words[i]; left != 0; left &= left - 1)
            {
                yield return (uint)((i * BitsPerWord) + BitOperations.TrailingZeroCount(left));
            }
        }
    }
}
