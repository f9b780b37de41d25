using System.Buffers;
using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>
/// All batches of a load in one file, made by all cores before the load begins, mapped into memory while it runs, and used again by later runs with the same
/// parameters. All little-endian:
/// <code>
/// 0    "LCLOAD1\n"
/// 8    hash of the parameters(32)
/// 40   expiry of the transfers(8), ms
/// 48   batches(4) | checksum(4): CRC-32C of bytes 0 to 52 and of the index
/// 56   index, 24 bytes a batch: offset(8) | bytes to submit first(4) | bytes to submit then(4) | kind(4) | CRC-32C of its bytes(4)
/// ..   the batches' bytes
/// </code>
/// </summary>
internal sealed unsafe class PreparedLoad : IDisposable
{
    private const int HeadBytes = 56;
    private const int ChecksumOffset = 52;
    private const int EntryBytes = 24;
    private const int AtOnce = 64;

    private static readonly byte[] s_mark = "LCLOAD1\n"u8.ToArray();

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly long _length;

    private PreparedLoad(string path)
    {
        Path = path;
        _length = new FileInfo(path).Length;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    public int Count => BinaryPrimitives.ReadInt32LittleEndian(Bytes(48, sizeof(int)));

    /// <summary>Until when its transfers are good.</summary>
    public Timestamp Expiry => new(BinaryPrimitives.ReadUInt64LittleEndian(Bytes(40, sizeof(ulong))));

    /// <summary>The batch of a number, good until this is disposed of.</summary>
    public PreparedBatch this[int number]
    {
        get
        {
            Entry entry = EntryOf(number);
            return new PreparedBatch(entry.Kind, Memory(entry.Offset, entry.First), Memory(entry.Offset + entry.First, entry.Then));
        }
    }

    /// <summary>The name of the file for these parameters.</summary>
    public static string NameOf(string scenario, string parameters) => $"{scenario}-{HashOf(parameters).ToString()[..16]}.load";

    /// <summary>Opens a file that is there, and checks it.</summary>
    /// <param name="path">the file</param>
    /// <param name="parameters">what it must have been made of</param>
    /// <exception cref="ScenarioException">It is damaged, or of other parameters.</exception>
    public static PreparedLoad Open(string path, string parameters)
    {
        if (new FileInfo(path).Length < HeadBytes)
        {
            throw new ScenarioException($"{path} is no prepared load: it is too short. Remove it, and it is made anew.");
        }

        var load = new PreparedLoad(path);
        if (load.Fault(HashOf(parameters)) is { } fault)
        {
            load.Dispose();
            throw new ScenarioException($"{path} {fault}. Remove it, and it is made anew.");
        }

        return load;
    }

    /// <summary>Makes the file; a file that is there is replaced.</summary>
    /// <param name="path">the file</param>
    /// <param name="parameters">what it is made of</param>
    /// <param name="expiry">of its transfers</param>
    /// <param name="count">batches</param>
    /// <param name="build">makes one; called from many threads</param>
    /// <param name="tell">is told how many of them there are, now and then</param>
    /// <param name="cancel">gives up, and leaves no file</param>
    public static PreparedLoad Make(string path, string parameters, Timestamp expiry, int count, Func<int, PreparedBatch> build, Action<int> tell, CancellationToken cancel)
    {
        string part = path + ".part";
        try
        {
            Write(part, parameters, expiry, count, build, tell, cancel);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }

        return new PreparedLoad(path);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static void Write(string path, string parameters, Timestamp expiry, int count, Func<int, PreparedBatch> build, Action<int> tell, CancellationToken cancel)
    {
        byte[] head = new byte[HeadBytes + ((long)count * EntryBytes)];
        s_mark.CopyTo(head, 0);
        HashOf(parameters).AsSpan().CopyTo(head.AsSpan(8));
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(40), expiry.UnixMs);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(48), count);
        using var output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        output.Position = head.Length;
        var built = new PreparedBatch[AtOnce];
        for (int first = 0; first < count; first += AtOnce)
        {
            int end = Math.Min(count, first + AtOnce);
            Parallel.For(first, end, new ParallelOptions { CancellationToken = cancel }, number => built[number - first] = build(number));
            for (int number = first; number < end; number++)
            {
                PreparedBatch batch = built[number - first];
                Span<byte> entry = head.AsSpan(HeadBytes + (number * EntryBytes), EntryBytes);
                BinaryPrimitives.WriteInt64LittleEndian(entry, output.Position);
                BinaryPrimitives.WriteInt32LittleEndian(entry[8..], batch.Frames.Length);
                BinaryPrimitives.WriteInt32LittleEndian(entry[12..], batch.Then.Length);
                BinaryPrimitives.WriteInt32LittleEndian(entry[16..], (int)batch.Kind);
                BinaryPrimitives.WriteUInt32LittleEndian(entry[20..], Checksum(batch.Then.Span, Checksum(batch.Frames.Span, 0)));
                output.Write(batch.Frames.Span);
                output.Write(batch.Then.Span);
            }

            tell(end);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(ChecksumOffset), ChecksumOfHead(head));
        output.Position = 0;
        output.Write(head);
    }

    private string? Fault(Hash256 parameters)
    {
        ReadOnlySpan<byte> head = Bytes(0, HeadBytes);
        if (!head.StartsWith(s_mark))
        {
            return "is no prepared load";
        }

        if (!head.Slice(8, Hash256.ByteLength).SequenceEqual(parameters.AsSpan()))
        {
            return "was prepared with other parameters";
        }

        long headBytes = HeadBytes + ((long)Count * EntryBytes);
        if (Count < 0 || headBytes > Math.Min(_length, int.MaxValue) || ChecksumOfHead(Bytes(0, (int)headBytes)) != BinaryPrimitives.ReadUInt32LittleEndian(head[ChecksumOffset..]))
        {
            return "is damaged: its index does not have its checksum";
        }

        int damaged = int.MaxValue;
        Parallel.For(0, Count, number =>
        {
            if (!IsWhole(number))
            {
                InterlockedMin(ref damaged, number);
            }
        });
        return damaged == int.MaxValue ? null : $"is damaged: batch {damaged} does not have its checksum";
    }

    private bool IsWhole(int number)
    {
        Entry entry = EntryOf(number);
        return entry.First >= 0 && entry.Then >= 0 && entry.Offset >= HeadBytes && entry.Offset + entry.First + (long)entry.Then <= _length
            && Checksum(Bytes(entry.Offset, entry.First + entry.Then), 0) == entry.Checksum;
    }

    private Entry EntryOf(int number)
    {
        ReadOnlySpan<byte> entry = Bytes(HeadBytes + ((long)number * EntryBytes), EntryBytes);
        return new Entry(
            BinaryPrimitives.ReadInt64LittleEndian(entry),
            BinaryPrimitives.ReadInt32LittleEndian(entry[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(entry[12..]),
            (StepKind)BinaryPrimitives.ReadInt32LittleEndian(entry[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]));
    }

    private ReadOnlySpan<byte> Bytes(long offset, int length) => new(_start + offset, length);

    private ReadOnlyMemory<byte> Memory(long offset, int length) => length == 0 ? default : new MappedMemory(_start + offset, length).Memory;

    private static Hash256 HashOf(string parameters) => Blake3.Hash(Encoding.UTF8.GetBytes(parameters));

    private static uint ChecksumOfHead(ReadOnlySpan<byte> head) => Checksum(head[HeadBytes..], Checksum(head[..ChecksumOffset], 0));

    private static uint Checksum(ReadOnlySpan<byte> bytes, uint before)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        uint sum = before;
        foreach (ulong word in words)
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            sum = BitOperations.Crc32C(sum, rest);
        }

        return sum;
    }

    private static void InterlockedMin(ref int least, int number)
    {
        int seen = Volatile.Read(ref least);
        while (number < seen && Interlocked.CompareExchange(ref least, number, seen) is int now && now != seen)
        {
            seen = now;
        }
    }

    private readonly record struct Entry(long Offset, int First, int Then, StepKind Kind, uint Checksum);

    /// <summary>A part of the mapped file.</summary>
    private sealed class MappedMemory(byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => new(start, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

        public override void Unpin()
        {
            // It never moves.
        }

        protected override void Dispose(bool disposing)
        {
            // The file's mapping is the load's.
        }
    }
}
