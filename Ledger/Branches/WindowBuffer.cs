using System.Diagnostics.CodeAnalysis;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// The memory in which a window grows until it is sealed and becomes a block of the journal without being copied. The host gives it, and
/// decides where it lies and how much of it there is.
/// </summary>
public abstract unsafe class WindowBuffer
{
    /// <summary>Where the block begins; moves when the buffer grows.</summary>
    public byte* Data { get; protected set; }

    public int Capacity { get; protected set; }

    /// <summary>Bytes in use.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes in use.</summary>
    public Span<byte> Span => new(Data, Length);

    /// <summary>Sees to it that the used part can be extended by <paramref name="bytes"/>.</summary>
    /// <returns>False when there is no more room; nothing changed.</returns>
    public bool TryReserve(int bytes) => bytes <= Capacity - Length || TryGrow(checked(Length + bytes));

    /// <summary>Extends the used part by <paramref name="bytes"/>.</summary>
    /// <returns>Where they begin; null when there is no more room, and nothing changed.</returns>
    public byte* TryExtend(int bytes)
    {
        if (!TryReserve(bytes))
        {
            return null;
        }

        byte* at = Data + Length;
        Length += bytes;
        return at;
    }

    /// <summary>Cuts the used part down to <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        if ((uint)length > (uint)Length)
        {
            ThrowLonger(length);
        }

        Length = length;
    }

    /// <summary>Gives the memory back to where it came from, when no block comes of it. The buffer is not used again.</summary>
    public abstract void GiveBack();

    /// <summary>Makes the capacity at least <paramref name="capacityMin"/>, keeping the used bytes.</summary>
    protected abstract bool TryGrow(int capacityMin);

    [DoesNotReturn]
    private void ThrowLonger(int length) =>
        throw new ArgumentOutOfRangeException(nameof(length), length, $"The buffer holds {Length} bytes.");
}
