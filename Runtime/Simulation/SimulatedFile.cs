namespace LeitherCluster.Runtime.Simulation;

/// <summary>
/// The content of one file: what reads see (the page cache) and what a power loss leaves, told apart by 512-byte sectors that
/// have been written since the last sync. Sparse: what was never written is zero and takes no memory.
/// </summary>
internal sealed class SimulatedFile
{
    public const int SectorSize = 512;

    private readonly SparseBytes _seen = new();
    private readonly SparseBytes _durable = new();
    private readonly SectorSet _dirty = new();

    // Told to be synced and not durable: a failed sync left them so. Reads still see them, a power loss does not leave them.
    private readonly SectorSet _lost = new();
    private long _durableLength;

    public long Length { get; private set; }

    /// <summary>Bytes that have room on the disk: the length, or more when preallocated and cut.</summary>
    public long Allocated { get; set; }

    public int Read(long offset, Span<byte> into)
    {
        int count = (int)Math.Clamp(Length - offset, 0, into.Length);
        _seen.Read(offset, into[..count]);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _seen.Write(offset, bytes);
        MarkDirty(offset, bytes.Length);
        Length = Math.Max(Length, offset + bytes.Length);
        Allocated = Math.Max(Allocated, Length);
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            _seen.Clear(length, Length - length);
            MarkDirty(length, Length - length);
        }

        Length = length;
        Allocated = length;
    }

    public void Sync()
    {
        foreach (long sector in _dirty.Ascending())
        {
            Persist(sector);
        }

        _dirty.Clear();
        _durableLength = Length;
    }

    /// <summary>A sync that fails: each sector is durable or will never be, and nobody is told which.</summary>
    public void FailSync(SimulatedChance chance)
    {
        PersistSome(chance);
        if (chance.Hits(0.5))
        {
            _durableLength = Length;
        }
    }

    /// <summary>The power goes: of what was not synced, some sectors survive and some do not.</summary>
    public void LosePower(SimulatedChance chance)
    {
        PersistSome(chance);
        foreach (long sector in _lost.Ascending())
        {
            _seen.CopyFrom(_durable, sector * SectorSize, SectorSize);
        }

        _lost.Clear();
        if (_durableLength != Length && chance.Hits(0.5))
        {
            _durableLength = Length;
        }

        Length = _durableLength;
        Allocated = Length;
        _seen.Clear(Length, long.MaxValue);
        _durable.Clear(Length, long.MaxValue);
    }

    public void FlipBit(long offset, int bit)
    {
        _seen.FlipBit(offset, bit);
        _durable.FlipBit(offset, bit);
    }

    /// <summary>All, none, a prefix (the usual torn write) or any subset of the dirty sectors becomes durable; the others are lost.</summary>
    private void PersistSome(SimulatedChance chance)
    {
        ulong manner = chance.Next(4);
        long prefix = (long)chance.Next((ulong)_dirty.Count + 1);
        foreach (long sector in _dirty.Ascending())
        {
            bool survives = manner switch
            {
                0 => true,
                1 => false,
                2 => prefix-- > 0,
                _ => chance.Hits(0.5),
            };
            if (survives)
            {
                Persist(sector);
            }
            else
            {
                _lost.Add(sector);
            }
        }

        _dirty.Clear();
    }

    private void Persist(long sector) => _durable.CopyFrom(_seen, sector * SectorSize, SectorSize);

    private void MarkDirty(long offset, long count)
    {
        for (long sector = offset / SectorSize; sector <= (offset + count - 1) / SectorSize; sector++)
        {
            _dirty.Add(sector);
        }
    }
}
