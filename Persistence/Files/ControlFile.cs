using System.Buffers.Binary;
using LeitherCluster.Runtime.Journaling;
using static LeitherCluster.Persistence.Files.JournalFormat;

namespace LeitherCluster.Persistence.Files;

/// <summary>
/// The file <c>control</c>: who the journal is, its first segment, and the epochs in force. Small, and always replaced as a whole.
/// </summary>
/// <remarks>
/// <code>
///   0   8  "LC1contr"
///   8  16  journal id
///  24   4  first segment: those below it have been compacted away
///  28   4  number of epochs
///  32   4  CRC-32C of the rest of the file, from byte 512
///  36 472  zero
/// 508   4  CRC-32C of the 508 bytes before
/// 512  ..  40 bytes an epoch: owner 32, epoch 4, zero 4; then zeros up to the next page
/// </code>
/// </remarks>
public sealed class ControlFile
{
    private const int EpochBytes = StreamId.Size + 8;
    private const int EpochsMax = 1 << 20;
    private const int LengthMax = SectorBytes + (EpochsMax * EpochBytes) + PageBytes;

    private static ReadOnlySpan<byte> Magic => "LC1contr"u8;

    private readonly SortedDictionary<StreamId, uint> _epochs = [];
    private readonly AlignedBuffer _buffer = new(PageBytes);

    public ControlFile(Guid journalId, uint firstSegment)
    {
        JournalId = journalId;
        FirstSegment = firstSegment;
    }

    public Guid JournalId { get; }

    public uint FirstSegment { get; private set; }

    /// <summary>Epoch of the whole journal; 0 before the first was acquired.</summary>
    public uint JournalEpoch { get; private set; }

    /// <summary>Epochs in force, by owner.</summary>
    public IReadOnlyDictionary<StreamId, uint> Epochs => _epochs;

    /// <summary>The epoch in force for a stream: the higher of its own and that of the whole journal.</summary>
    public uint EpochInForce(StreamId stream) =>
        _epochs.TryGetValue(stream, out uint own) ? Math.Max(own, JournalEpoch) : JournalEpoch;

    /// <summary>
    /// Raises the owner's epoch durably, above the one in force for it (for the whole journal: above every stream's), and returns it.
    /// On <see cref="DiskFullException"/> nothing has changed.
    /// </summary>
    public uint RaiseEpoch(IDisk disk, StreamId owner)
    {
        uint highest = EpochInForce(owner);
        if (owner == StreamId.WholeJournal)
        {
            foreach (uint epoch in _epochs.Values)
            {
                highest = Math.Max(highest, epoch);
            }
        }

        bool known = _epochs.TryGetValue(owner, out uint before);
        if (!known && _epochs.Count == EpochsMax)
        {
            throw new InvalidOperationException($"A journal knows the epochs of {EpochsMax} owners at most");
        }

        uint raised = checked(highest + 1);
        _epochs[owner] = raised;
        try
        {
            Save(disk);
        }
        catch
        {
            if (known)
            {
                _epochs[owner] = before;
            }
            else
            {
                _epochs.Remove(owner);
            }

            throw;
        }

        JournalEpoch = owner == StreamId.WholeJournal ? raised : JournalEpoch;
        return raised;
    }

    /// <summary>Says durably that segments below this one are gone. On <see cref="DiskFullException"/> nothing has changed.</summary>
    public void RaiseFirstSegment(IDisk disk, uint firstSegment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(firstSegment, FirstSegment);
        uint before = FirstSegment;
        FirstSegment = firstSegment;
        try
        {
            Save(disk);
        }
        catch
        {
            FirstSegment = before;
            throw;
        }
    }

    /// <summary>Writes the file, durably.</summary>
    public void Save(IDisk disk)
    {
        int length = (int)PageCeiling(SectorBytes + (_epochs.Count * EpochBytes));
        _buffer.EnsureCapacity(length);
        Span<byte> bytes = _buffer.Span(0, length);
        bytes.Clear();
        Magic.CopyTo(bytes);
        JournalId.TryWriteBytes(bytes[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], FirstSegment);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], _epochs.Count);
        int at = SectorBytes;
        foreach ((StreamId owner, uint epoch) in _epochs)
        {
            owner.WriteTo(bytes[at..]);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes[(at + StreamId.Size)..], epoch);
            at += EpochBytes;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], Crc32C.Of(bytes[SectorBytes..]));
        SealSector(bytes[..SectorBytes]);
        AtomicFile.Write(disk, ControlName, _buffer, length);
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="JournalCorruptException">It is not what was written.</exception>
    public static ControlFile Load(IDisk disk)
    {
        var buffer = new AlignedBuffer(PageBytes);
        int length = AtomicFile.Read(disk, ControlName, buffer, LengthMax);
        ReadOnlySpan<byte> bytes = buffer.Span(0, length);
        if (length < PageBytes || !IsSealed(bytes[..SectorBytes], Magic))
        {
            throw new JournalCorruptException(ControlName, 0, "the control header is not what was written");
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]);
        if ((uint)count > EpochsMax
            || length != PageCeiling(SectorBytes + ((long)count * EpochBytes))
            || Crc32C.Of(bytes[SectorBytes..]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]))
        {
            throw new JournalCorruptException(ControlName, SectorBytes, "the table of epochs is not what was written");
        }

        var control = new ControlFile(
            new Guid(bytes.Slice(8, JournalIdBytes)),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]));
        for (int at = SectorBytes; count > 0; count--, at += EpochBytes)
        {
            control._epochs.Add(StreamId.Read(bytes[at..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + StreamId.Size)..]));
        }

        control.JournalEpoch = control._epochs.GetValueOrDefault(StreamId.WholeJournal);
        return control;
    }
}
