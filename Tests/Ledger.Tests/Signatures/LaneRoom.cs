using System.Numerics;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Signatures;

namespace LeitherCluster.Tests.Ledger.Signatures;

/// <summary>Aligned memory for a few elements and columns of lanes, written and read lane by lane.</summary>
internal sealed unsafe class LaneRoom<TVector, TField> : IDisposable
    where TVector : unmanaged
    where TField : struct, IFieldLanes<TVector>
{
    private const int Limbs = 5;
    private const int Slots = 8;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(2 * Slots * Limbs * sizeof(TVector)), LaneMemory.Alignment);

    public TVector* Element(int slot) => (TVector*)_memory + (slot * Limbs);

    public long* Columns(int slot) => (long*)Element(Slots + slot);

    public void SetElement(int slot, int lane, ReadOnlySpan<long> limbs)
    {
        for (int limb = 0; limb < Limbs; limb++)
        {
            ((double*)Element(slot))[(limb * TField.Width) + lane] = limbs[limb];
        }
    }

    public void SetColumns(int slot, int lane, ReadOnlySpan<long> columns)
    {
        for (int limb = 0; limb < Limbs; limb++)
        {
            Columns(slot)[(limb * TField.Width) + lane] = columns[limb];
        }
    }

    /// <summary>What a lane's element comes to; every limb must be whole and at most so much in absolute value.</summary>
    public BigInteger Value(int slot, int lane, double limbMax)
    {
        BigInteger value = 0;
        for (int limb = Limbs - 1; limb >= 0; limb--)
        {
            double number = ((double*)Element(slot))[(limb * TField.Width) + lane];
            Assert.InRange(number, -limbMax, limbMax);
            Assert.Equal(Math.Truncate(number), number);
            value = (value << FieldElement.LimbBits) + new BigInteger(number);
        }

        return value;
    }

    /// <summary>What a lane's columns come to.</summary>
    public BigInteger ColumnsValue(int slot, int lane)
    {
        BigInteger value = 0;
        for (int limb = Limbs - 1; limb >= 0; limb--)
        {
            value = (value << FieldElement.LimbBits) + Columns(slot)[(limb * TField.Width) + lane];
        }

        return value;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
