using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// 8 (sum of z_i R_i + sum of (z_i k_i) A_i - (sum of z_i S_i) B) = neutral, over a range of prepared signatures. A key that comes again has the
/// sum of its factors. A coefficient z_i is any of 2^128 numbers, evenly: the 128 bits drawn, less half a window in every window, so that its signed digits
/// are the windows as drawn.
/// </summary>
internal sealed unsafe class BatchEquation
{
    // From this many signatures on, windows of 8 bits take less than windows of 4 (measured: bench signatures).
    private const int WideWindowCountMin = 192;
    private const int CoefficientWords = 2;
    private const int CoefficientBytes = CoefficientWords * sizeof(ulong);
    private const int BytesPerSignature = 128;
    private const int Pieces = 8;

    private readonly PreparedBatch _prepared;
    private readonly ILaneEngine _engine;
    private readonly Hash256 _seed;
    private readonly PinnedRoom _room;
    private readonly byte* _coefficients;
    private readonly Scalar* _keyFactors;
    private readonly int* _slots;
    private readonly int* _keys;
    private readonly byte* _longDigits;
    private readonly double** _points;
    private readonly byte** _digits;
    private ulong _drawn;

    public BatchEquation(PreparedBatch prepared, ILaneEngine engine, Hash256 seed)
    {
        _prepared = prepared;
        _engine = engine;
        _seed = seed;
        int countMax = prepared.CountMax;
        _room = new PinnedRoom(((long)countMax + 1) * BytesPerSignature, Pieces);
        _coefficients = _room.Take<byte>(countMax * CoefficientBytes);
        _keyFactors = _room.Take<Scalar>(countMax);
        _slots = _room.Take<int>(countMax);
        _keys = _room.Take<int>(countMax);
        _longDigits = _room.Take<byte>((countMax + 1) * Scalar.ByteLength);
        _points = (double**)_room.Take<nint>((2 * countMax) + 1);
        _digits = (byte**)_room.Take<nint>((2 * countMax) + 1);
    }

    /// <summary>Whether it holds. If all signatures do, it does; if one does not, it fails but for 1 in 2^128.</summary>
    public bool Holds(int start, int end)
    {
        int count = end - start;
        int windowBits = count < WideWindowCountMin ? WindowDigits.NibbleBits : WindowDigits.ByteBits;
        Draw(count);
        int keyCount = MultiplyOut(start, count, windowBits, out Scalar baseFactor);
        for (int slot = 0; slot < keyCount; slot++)
        {
            AddLong(slot, _prepared.KeyRow(_keys[slot]), _keyFactors[slot], windowBits);
        }

        AddLong(keyCount, BaseRows.Multiple(1), baseFactor, windowBits);
        int longCount = keyCount + 1;
        for (int i = 0; i < count; i++)
        {
            _points[longCount + i] = _prepared.CommitmentRows[start + i];
            _digits[longCount + i] = _coefficients + (i * CoefficientBytes);
        }

        return _engine.IsSumNeutral(_points, _digits, longCount, longCount + count, windowBits);
    }

    // Every equation has coefficients of its own: those of one that failed are known to nobody, but stay used.
    private void Draw(int count)
    {
        ulong number = _drawn++;
        Blake3.KeyedHash(_seed, new ReadOnlySpan<byte>(&number, sizeof(ulong)), new Span<byte>(_coefficients, count * CoefficientBytes));
    }

    private void AddLong(int slot, double* row, in Scalar factor, int windowBits)
    {
        byte* digits = _longDigits + (slot * Scalar.ByteLength);
        WindowDigits.Write(factor, windowBits, digits);
        _points[slot] = row;
        _digits[slot] = digits;
    }

    // The keys' factors, each once; and the base point's, negative. Returns how many keys there are.
    [SkipLocalsInit]
    private int MultiplyOut(int start, int count, int windowBits, out Scalar baseFactor)
    {
        ulong* product = stackalloc ulong[Scalar.WideWords];
        ulong* drawnTimesResponses = stackalloc ulong[Scalar.WideWords];
        ulong* coefficient = stackalloc ulong[Scalar.Words];
        ulong* halves = stackalloc ulong[Scalar.Words];
        new Span<ulong>(drawnTimesResponses, Scalar.WideWords).Clear();
        Scalar minusHalves = HalvesOfCoefficient(windowBits, halves);
        Scalar responses = default;
        int keyCount = 0;
        new Span<int>(_slots, _prepared.KeyCount).Fill(-1);
        for (int i = 0; i < count; i++)
        {
            ulong* drawn = (ulong*)(_coefficients + (i * CoefficientBytes));
            Scalar* response = _prepared.Responses + start + i;
            Scalar.Multiply(drawn, CoefficientWords, (ulong*)response, Scalar.Words, product);
            Scalar.AddTo(drawnTimesResponses, Scalar.WideWords, product, CoefficientWords + Scalar.Words);
            responses = Scalar.Add(responses, *response);

            *(Scalar*)coefficient = minusHalves;
            Scalar.AddTo(coefficient, Scalar.Words, drawn, CoefficientWords);
            Scalar.Multiply(coefficient, Scalar.Words, (ulong*)(_prepared.Challenges + start + i), Scalar.Words, product);
            Scalar.Reduce(product, out Scalar factor);
            ref int slot = ref _slots[_prepared.KeyNumbers[start + i]];
            if (slot < 0)
            {
                slot = keyCount;
                _keys[keyCount] = _prepared.KeyNumbers[start + i];
                _keyFactors[keyCount++] = factor;
            }
            else
            {
                _keyFactors[slot] = Scalar.Add(_keyFactors[slot], factor);
            }
        }

        // -(sum of drawn S - halves * sum of S)
        Scalar.Reduce(drawnTimesResponses, out Scalar sum);
        Scalar.Multiply(halves, Scalar.Words, (ulong*)&responses, Scalar.Words, product);
        Scalar.Reduce(product, out Scalar back);
        baseFactor = Scalar.Add(back, Scalar.Negate(sum));
        return keyCount;
    }

    // Half a window in each of a coefficient's, and L less that.
    private static Scalar HalvesOfCoefficient(int windowBits, ulong* halves)
    {
        new Span<ulong>(halves, Scalar.Words).Clear();
        new Span<ulong>(halves, CoefficientWords).Fill(WindowDigits.Halves(windowBits));
        return Scalar.Negate(*(Scalar*)halves);
    }
}
