using System.Buffers.Binary;
using System.Security.Cryptography;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals.Copies;

/// <summary>
/// One SHA-256 over all that a journal says, the same whatever it is kept in: its groups and their blocks in the order of writing, then its
/// snapshots in order of stream and time. docs/PROTOCOL.md, "Copies of a journal", has the bytes.
/// </summary>
/// <param name="isSpread">The source or the copy is over several databases, where a group has other numbers: groups are left out, and blocks come in the order of their keys.</param>
internal sealed class JournalFingerprint(bool isSpread) : IDisposable
{
    private readonly SortedDictionary<(ulong Beat, byte Kind, StreamId Stream), byte[]> _blocks = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Groups { get; private set; }

    public long Blocks { get; private set; }

    public long Bytes { get; private set; }

    public int Snapshots { get; private set; }

    public void Group(ulong number, GroupMark mark, int blocks)
    {
        Span<byte> bytes = stackalloc byte[24];
        bytes.Clear();
        bytes[0] = (byte)'g';
        bytes[1] = mark.Phase;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], blocks);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], number);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], mark.Beat);
        if (!isSpread)
        {
            _hash.AppendData(bytes);
        }

        Groups++;
    }

    public void Block(BlockKey key, uint epoch, ulong timeSequence, ReadOnlySpan<byte> body)
    {
        Span<byte> bytes = stackalloc byte[64];
        bytes.Clear();
        bytes[0] = (byte)'b';
        bytes[1] = key.Kind;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], epoch);
        key.Stream.WriteTo(bytes[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], key.Beat);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], timeSequence);
        if (isSpread)
        {
            _blocks.Add((key.Beat, key.Kind, key.Stream), DigestOf(bytes, body));
        }
        else
        {
            Append(bytes, body);
        }

        Blocks++;
        Bytes += body.Length;
    }

    public void Snapshot(SnapshotKey key, ReadOnlySpan<byte> body)
    {
        Span<byte> bytes = stackalloc byte[64];
        bytes.Clear();
        bytes[0] = (byte)'s';
        key.Stream.WriteTo(bytes[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[40..], key.Beat);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], key.TimeSequence);
        Append(bytes, body);
        Snapshots++;
    }

    /// <summary>The fingerprint of what has been added, in hexadecimal.</summary>
    public override string ToString()
    {
        if (!isSpread)
        {
            return Convert.ToHexStringLower(_hash.GetCurrentHash());
        }

        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] digest in _blocks.Values)
        {
            whole.AppendData(digest);
        }

        whole.AppendData(_hash.GetCurrentHash());
        return Convert.ToHexStringLower(whole.GetCurrentHash());
    }

    public void Dispose() => _hash.Dispose();

    private static byte[] DigestOf(Span<byte> header, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BinaryPrimitives.WriteInt64LittleEndian(header[56..], body.Length);
        hash.AppendData(header);
        hash.AppendData(body);
        return hash.GetCurrentHash();
    }

    private void Append(Span<byte> header, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteInt64LittleEndian(header[56..], body.Length);
        _hash.AppendData(header);
        _hash.AppendData(body);
    }
}
