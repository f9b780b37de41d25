using LeitherCluster.Ledger.Branches;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors.Branches;

/// <summary>A window that grows in a buffer of the journal, which then takes it without copying.</summary>
internal sealed unsafe class JournalWindowBuffer : WindowBuffer
{
    private const int BytesAtFirst = 16 << 10;

    private JournalWindowBuffer(JournalBuffer buffer)
    {
        Buffer = buffer;
        Data = buffer.Pointer;
        Capacity = (int)Math.Min(buffer.Capacity, int.MaxValue);
    }

    public JournalBuffer Buffer { get; }

    /// <summary>A buffer from the pool that grows up to <paramref name="bytesMax"/> where it lies; null when the pool has no more.</summary>
    public static JournalWindowBuffer? TryRent(JournalBufferPool pool, int bytesMax)
    {
        JournalBuffer? buffer = pool.TryRentGrowing(Math.Min(BytesAtFirst, bytesMax), bytesMax);
        return buffer is null ? null : new JournalWindowBuffer(buffer);
    }

    protected override bool TryGrow(int capacityMin)
    {
        Buffer.Length = Length;
        try
        {
            Buffer.EnsureCapacity(Math.Max(capacityMin, Capacity + (Capacity / 2)));
        }
        catch (JournalBuffersExhaustedException)
        {
            return false;
        }

        Data = Buffer.Pointer;
        Capacity = (int)Math.Min(Buffer.Capacity, int.MaxValue);
        return true;
    }

    public override void GiveBack() => Buffer.Release();
}
