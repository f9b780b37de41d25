namespace LeitherCluster.Ledger.Signatures;

/// <summary>An element as the lanes have it, five doubles of either sign, and back.</summary>
internal static unsafe class FieldRow
{
    private const int Limbs = 5;
    private const long Half = 1L << (FieldElement.LimbBits - 1);

    /// <summary>Writes an element with limbs of at most 2^50 in absolute value, but for a few units.</summary>
    public static void Write(in FieldElement element, double* row)
    {
        FieldElement reduced = element.Reduced();
        long* limbs = stackalloc long[Limbs];
        *(FieldElement*)limbs = reduced;
        for (int i = 0; i < Limbs; i++)
        {
            if (limbs[i] > Half)
            {
                limbs[i] -= 2 * Half;
                limbs[i == Limbs - 1 ? 0 : i + 1] += i == Limbs - 1 ? 19 : 1;
            }
        }

        for (int i = 0; i < Limbs; i++)
        {
            row[i] = limbs[i];
        }
    }

    /// <summary>Reads what lanes computed: limbs below 2^52 in absolute value. Tight.</summary>
    public static FieldElement Read(double* row)
    {
        FieldElement multiple = new(
            4 * (FieldElement.LimbMask - 18), 4 * FieldElement.LimbMask, 4 * FieldElement.LimbMask, 4 * FieldElement.LimbMask, 4 * FieldElement.LimbMask);
        FieldElement sum = new(
            multiple.L0 + (ulong)(long)row[0],
            multiple.L1 + (ulong)(long)row[1],
            multiple.L2 + (ulong)(long)row[2],
            multiple.L3 + (ulong)(long)row[3],
            multiple.L4 + (ulong)(long)row[4]);
        return sum.Reduced();
    }
}
