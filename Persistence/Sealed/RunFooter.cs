using System.Buffers.Binary;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Sealed;

/// <summary>What header and footer of a run say (<see cref="RunFormat"/>).</summary>
internal sealed class RunFooter
{
    private const long FooterBytesMax = 1L << 30;

    private RunFooter(ReadOnlySpan<byte> header)
    {
        FirstPulse = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        Level = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        Entries = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
        Pulses = new SealedPulse[BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) - FirstPulse + 1];
        Sections = new RunSection[BinaryPrimitives.ReadInt32LittleEndian(header[20..])];
        Keys = new ulong[BinaryPrimitives.ReadInt32LittleEndian(header[32..])];
        Coverage = new KeyValuePair<StreamId, ulong>[BinaryPrimitives.ReadInt32LittleEndian(header[36..])];
    }

    public uint FirstPulse { get; }

    public uint Level { get; }

    public long Entries { get; }

    public SealedPulse[] Pulses { get; }

    public RunSection[] Sections { get; }

    public ulong[] Keys { get; }

    public KeyValuePair<StreamId, ulong>[] Coverage { get; }

    /// <summary>Reads both; null when either is not what was written.</summary>
    public static RunFooter? TryRead(IDiskFile file)
    {
        Span<byte> header = new AlignedBuffer(PageBytes).Span(0, PageBytes);
        if (file.Read(0, header) < PageBytes || !IsSealed(header[..SectorBytes], RunFormat.Magic))
        {
            return null;
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(header[40..]);
        if (length is < 0 or > FooterBytesMax)
        {
            return null;
        }

        long start = (1 + (long)BinaryPrimitives.ReadInt32LittleEndian(header[32..])) * PageBytes;
        Span<byte> bytes = new AlignedBuffer((int)length).Span(0, (int)PageCeiling(length));
        if (file.Read(start, bytes) < length
            || Crc32C.Of(bytes[..(int)length]) != BinaryPrimitives.ReadUInt32LittleEndian(header[48..]))
        {
            return null;
        }

        var footer = new RunFooter(header);
        footer.Fill(bytes[..(int)length]);
        return footer;
    }

    private void Fill(ReadOnlySpan<byte> at)
    {
        for (int i = 0; i < Pulses.Length; i++, at = at[SealedPulse.Size..])
        {
            Pulses[i] = new SealedPulse(Word(at), Word(at[8..]), Word(at[16..]));
        }

        for (int i = 0; i < Sections.Length; i++, at = at[RunFormat.SectionBytes..])
        {
            Sections[i] = new RunSection(
                StreamId.Read(at),
                BinaryPrimitives.ReadInt32LittleEndian(at[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(at[36..]));
        }

        for (int i = 0; i < Keys.Length; i++, at = at[sizeof(ulong)..])
        {
            Keys[i] = Word(at);
        }

        for (int i = 0; i < Coverage.Length; i++, at = at[RunFormat.CoverageBytes..])
        {
            Coverage[i] = new KeyValuePair<StreamId, ulong>(StreamId.Read(at), Word(at[32..]));
        }
    }

    private static ulong Word(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt64LittleEndian(at);
}
