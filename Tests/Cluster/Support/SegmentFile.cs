namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>The first segment of a stopped node's journal, to be damaged.</summary>
internal sealed class SegmentFile(string dataFolder)
{
    /// <summary>Its name, as a node names it.</summary>
    public const string Name = "segment-0000000001";

    private const int HeaderBytes = 4096;

    private readonly string _path = Path.Combine(dataFolder, "journal", Name);

    /// <summary>All its bytes.</summary>
    public byte[] Read() => File.ReadAllBytes(_path);

    /// <summary>Behind the last byte that was written: the rest, set aside for later, is zeros.</summary>
    public long WrittenEnd() => Read().AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    /// <summary>Cuts the file.</summary>
    public void CutAt(long lengthBytes)
    {
        using FileStream file = File.OpenWrite(_path);
        file.SetLength(lengthBytes);
    }

    /// <summary>Flips a bit in every so many bytes of the first half of what is written; done again, all is as it was.</summary>
    public void FlipEvery(int strideBytes)
    {
        long end = WrittenEnd() / 2;
        for (long offset = HeaderBytes; offset < end; offset += strideBytes)
        {
            Flip(offset, bit: 3);
        }
    }

    /// <summary>Flips one bit.</summary>
    public void Flip(long offset, int bit)
    {
        using FileStream file = File.Open(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = offset;
        int was = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(was ^ (1 << bit)));
    }

    /// <summary>Offsets of bytes that hold something, spread over the groups by chance.</summary>
    public IReadOnlyList<long> SomeWritten(int count, Random chance)
    {
        byte[] bytes = Read();
        long end = WrittenEnd();
        var offsets = new List<long>(count);
        while (offsets.Count < count)
        {
            long offset = chance.NextInt64(HeaderBytes, end);
            if (bytes[offset] != 0)
            {
                offsets.Add(offset);
            }
        }

        return offsets;
    }
}
