using System.Numerics;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>A set of sector numbers as a bitmap, walked in ascending order.</summary>
internal sealed class SectorSet
{
    private ulong[] _words = [];
    private int _firstWord = int.MaxValue;
    private int _lastWord = -1;

    public int Count { get; private set; }

    public void Add(long sector)
    {
        int word = checked((int)(sector >> 6));
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        }

        ulong bit = 1UL << (int)(sector & 63);
        if ((_words[word] & bit) == 0)
        {
            _words[word] |= bit;
            _firstWord = Math.Min(_firstWord, word);
            _lastWord = Math.Max(_lastWord, word);
            Count++;
        }
    }

    public void Clear()
    {
        if (_lastWord >= 0)
        {
            Array.Clear(_words, _firstWord, _lastWord - _firstWord + 1);
        }

        _firstWord = int.MaxValue;
        _lastWord = -1;
        Count = 0;
    }

    public IEnumerable<long> Ascending()
    {
        for (int word = _firstWord; word <= _lastWord; word++)
        {
            for (ulong bits = _words[word]; bits != 0; bits &= bits - 1)
            {
                yield return ((long)word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }
    }
}
