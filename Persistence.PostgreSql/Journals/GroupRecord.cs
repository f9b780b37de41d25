using System.Buffers.Binary;
using System.Security.Cryptography;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>
/// What a group's place in its writer's chain is computed over. The table's rows hold the fields; these bytes are made from them and are
/// stored only as hashes.
/// </summary>
/// <remarks>
/// <code>
/// header  0   8  "LC1pgrup"                    block   0  32  stream
///         8  16  journal id                           32   8  beat
///        24   8  group number, from 1, no gaps        40   8  time sequence
///        32   8  beat                                 48   4  epoch
///        40   1  phase, then 7 zero bytes             52   1  kind, then 3 zero bytes
///        48   4  number of blocks                     56   8  length of the body
///        52   4  CRC-32C of the blocks, 72 bytes each 64   4  CRC-32C of the body, then 4 zero bytes
///        56   8  highest time sequence so far
///        64  32  chain of the group before; zeros for the first
/// chain = SHA-256(header)
/// </code>
/// </remarks>
public sealed record GroupRecord
{
    public const int ChainBytes = 32;
    internal const int BlockBytes = 72;
    private const int HeaderBytes = 96;

    public required ulong Number { get; init; }

    public required GroupMark Mark { get; init; }

    public required int Blocks { get; init; }

    public required uint TableChecksum { get; init; }

    /// <summary>Highest time sequence of a block in this group or before it in its chain.</summary>
    public required ulong TimeSequenceHigh { get; init; }

    /// <summary>Chain of the group before; 32 bytes.</summary>
    public required byte[] Previous { get; init; }

    /// <summary>This group's link: SHA-256 of its header, 32 bytes.</summary>
    public byte[] Chain(Guid journalId)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        "LC1pgrup"u8.CopyTo(header);
        journalId.TryWriteBytes(header[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], Mark.Beat);
        header[40] = Mark.Phase;
        BinaryPrimitives.WriteInt32LittleEndian(header[48..], Blocks);
        BinaryPrimitives.WriteUInt32LittleEndian(header[52..], TableChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(header[56..], TimeSequenceHigh);
        Previous.CopyTo(header[64..]);
        return SHA256.HashData(header);
    }

    /// <summary>The checksum of a table one block longer.</summary>
    internal static uint AppendBlock(uint checksum, in BlockRecord block)
    {
        Span<byte> bytes = stackalloc byte[BlockBytes];
        bytes.Clear();
        block.Key.Stream.WriteTo(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], block.Key.Beat);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], block.TimeSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[48..], block.Epoch);
        bytes[52] = block.Key.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[56..], block.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[64..], block.Checksum);
        return Crc32C.Append(checksum, bytes);
    }
}
