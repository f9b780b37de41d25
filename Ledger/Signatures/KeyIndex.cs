using System.Numerics;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>The distinct keys of a batch, numbered as they come. A key that finds too many others on its way counts as one more.</summary>
internal sealed unsafe class KeyIndex
{
    private const int Empty = -1;
    private const int ProbesMax = 8;

    private readonly int[] _places;
    private readonly byte*[] _keys;
    private readonly KeyHash _hash;
    private uint _mask;

    public KeyIndex(int countMax, KeyHash hash)
    {
        _places = new int[BitOperations.RoundUpToPowerOf2((uint)countMax) * 2];
        _keys = new byte*[countMax];
        _hash = hash;
    }

    /// <summary>How many distinct keys there are.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all keys, and makes room for so many.</summary>
    public void Clear(int countMax)
    {
        _mask = (BitOperations.RoundUpToPowerOf2((uint)countMax) * 2) - 1;
        _places.AsSpan(0, (int)_mask + 1).Fill(Empty);
        Count = 0;
    }

    /// <summary>The number of a key; it is <see cref="Count"/> before the call if the key is new.</summary>
    public int NumberOf(byte* key)
    {
        uint place = _hash.Of(key);
        for (int probe = 0; probe < ProbesMax; probe++, place++)
        {
            ref int number = ref _places[place & _mask];
            if (number == Empty)
            {
                number = Count;
                break;
            }

            if (new ReadOnlySpan<byte>(key, FieldElement.ByteLength).SequenceEqual(new ReadOnlySpan<byte>(_keys[number], FieldElement.ByteLength)))
            {
                return number;
            }
        }

        _keys[Count] = key;
        return Count++;
    }

    public byte* Key(int number) => _keys[number];
}
