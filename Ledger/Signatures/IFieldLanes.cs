namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Arithmetic modulo 2^255 - 19 on <see cref="Width"/> independent elements side by side ("lanes"). An element is five vectors of doubles
/// that hold whole numbers, limb i weighing 2^(51 i), of either sign.
/// <para>
/// The product of two limbs is split exactly by two fused multiply-adds: adding it to 3 * 2^102, whose last place is 2^51, leaves its
/// multiple of 2^51 in the low bits of the sum; what that leaves of the product, added to 3 * 2^51, is the rest in the low bits of that. Both
/// are added up as integers, and what the two constants contribute is subtracted at the end. A limb product takes 2 fused
/// multiply-adds, 1 subtraction, 2 integer additions, where 26-bit limbs in 32-bit multiplications take 4 multiplications and 4 additions.
/// </para>
/// <para>
/// Sizes: a <em>carried</em> element, which is what every method gives that is not said to give another, has limbs of at most
/// 2^50 + 2^16 in absolute value. The split holds for products below 2^102, so a factor may be the sum or difference of two carried
/// elements (or, with a carried element, of three), but not both factors. It holds in any rounding mode. Numbers read from
/// bytes have limbs from 0 to 2^51 - 1, below that bound with each other.
/// </para>
/// <para>
/// <em>Columns</em> are the five 64-bit integers a lane that a product has before its carries: c(k) + 19 c(k + 5), of at most one low part and 19 times four low and
/// five high ones, of 2^50 and 2^50.6 each: below 2^57.8. A carry takes sums of four of them, below 2^60, and gives limbs from -2^50 - 2^14 to 2^50 + 2^14.
/// All buffers are aligned to 64 bytes; a result may be an argument.
/// </para>
/// </summary>
internal unsafe interface IFieldLanes<TVector>
    where TVector : unmanaged
{
    static abstract bool IsSupported { get; }

    static abstract int Width { get; }

    static abstract void Multiply(TVector* a, TVector* b, TVector* product);

    static abstract void Square(TVector* a, TVector* square);

    static abstract void MultiplyColumns(TVector* a, TVector* b, long* columns);

    static abstract void SquareColumns(TVector* a, long* columns);

    /// <summary>The columns of a carried element times 2^shift.</summary>
    static abstract void ToColumns(TVector* a, int shift, long* columns);

    static abstract void Carry(long* columns, TVector* result);

    /// <summary>The carried a + b and a - b.</summary>
    static abstract void CarrySumAndDifference(long* a, long* b, TVector* sum, TVector* difference);

    /// <summary>The carried a + b, b - a and 2c - (b - a).</summary>
    static abstract void CarryDoubling(long* a, long* b, long* c, TVector* sum, TVector* difference, TVector* rest);

    /// <summary>a + b, limb by limb, not carried.</summary>
    static abstract void Add(TVector* a, TVector* b, TVector* sum);

    /// <summary>a - b, limb by limb, not carried.</summary>
    static abstract void Subtract(TVector* a, TVector* b, TVector* difference);

    /// <summary>The number from 0 to p - 1, of a carried element: its five limbs as integers.</summary>
    static abstract void Reduce(TVector* a, long* limbs);

    /// <summary>Swaps two elements in the lanes whose bit in <paramref name="lanes"/> is set, and turns the sign of a third: -(y + x, y - x, t).</summary>
    static abstract void NegateWhere(uint lanes, TVector* yPlusX, TVector* yMinusX, TVector* t);

    /// <summary>Turns the sign in the lanes whose bit is set.</summary>
    static abstract void NegateWhere(uint lanes, TVector* a);

    /// <summary>Takes b instead of a in the lanes whose bit is set.</summary>
    static abstract void TakeWhere(uint lanes, TVector* a, TVector* b);

    /// <summary>The same doubles in every lane.</summary>
    static abstract void Broadcast(double* row, int count, TVector* vectors);

    /// <summary>From a row of doubles for every lane, to a vector for every place; <paramref name="count"/> is a multiple of 8.</summary>
    static abstract void Gather(double** rows, int count, TVector* vectors);

    /// <summary>The way back.</summary>
    static abstract void Scatter(TVector* vectors, int count, double** rows);
}
