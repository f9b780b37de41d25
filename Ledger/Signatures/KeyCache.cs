using System.Numerics;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Decoded keys, so that who pays often is decoded once: 160 bytes each, a bounded number. A key has four places; a new one takes that of the key
/// that was asked for least, while the others' counts are halved. Whoever fills it costs others time, nothing else: whole keys are compared.
/// For one thread.
/// </summary>
internal sealed unsafe class KeyCache
{
    private const int Ways = 4;
    private const int RowBytes = PointRow.AffineDoubles * sizeof(double);

    private readonly PinnedRoom _room;
    private readonly byte* _keys;
    private readonly double* _rows;
    private readonly byte* _uses;
    private readonly uint _setMask;
    private readonly KeyHash _hash;

    /// <summary>Room for so many keys: rounded up to a power of two, four at least.</summary>
    public KeyCache(int countMax, KeyHash hash)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(countMax, 1);
        int sets = (int)BitOperations.RoundUpToPowerOf2((uint)((countMax + Ways - 1) / Ways));
        int places = checked(sets * Ways);
        _room = new PinnedRoom((long)places * (FieldElement.ByteLength + RowBytes + 1), pieces: 3);
        _keys = _room.Take<byte>(places * FieldElement.ByteLength);
        _rows = _room.Take<double>(places * PointRow.AffineDoubles);
        _uses = _room.Take<byte>(places);
        _setMask = (uint)sets - 1;
        _hash = hash;
    }

    /// <summary>Copies the row of a key that is known.</summary>
    public bool TryGet(byte* key, double* row)
    {
        int first = FirstPlace(key);
        for (int place = first; place < first + Ways; place++)
        {
            if (_uses[place] != 0 && IsSame(key, Key(place)))
            {
                _uses[place] = (byte)Math.Min(_uses[place] + 1, byte.MaxValue);
                Copy(Row(place), row);
                return true;
            }
        }

        return false;
    }

    /// <summary>Keeps the row of a key that was not known.</summary>
    public void Add(byte* key, double* row)
    {
        int first = FirstPlace(key);
        int least = first;
        for (int place = first; place < first + Ways; place++)
        {
            least = _uses[place] < _uses[least] ? place : least;
        }

        for (int place = first; place < first + Ways; place++)
        {
            // What is in use stays in use.
            _uses[place] = (byte)((_uses[place] + 1) / 2);
        }

        new ReadOnlySpan<byte>(key, FieldElement.ByteLength).CopyTo(new Span<byte>(Key(least), FieldElement.ByteLength));
        Copy(row, Row(least));
        _uses[least] = 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSame(byte* key, byte* other) =>
        new ReadOnlySpan<byte>(key, FieldElement.ByteLength).SequenceEqual(new ReadOnlySpan<byte>(other, FieldElement.ByteLength));

    private static void Copy(double* from, double* to) =>
        new ReadOnlySpan<double>(from, PointRow.AffineDoubles).CopyTo(new Span<double>(to, PointRow.AffineDoubles));

    private int FirstPlace(byte* key) => (int)(_hash.Of(key) & _setMask) * Ways;

    private byte* Key(int place) => _keys + ((long)place * FieldElement.ByteLength);

    private double* Row(int place) => _rows + ((long)place * PointRow.AffineDoubles);
}
