using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Statements;

namespace LeitherCluster.Actors.Pulses;

/// <summary>
/// The journal's record of a committed pulse, docs/PROTOCOL.md section 11: "LC1pulse" | length of the signed statement(4) | number of entries(4) |
/// signed statement, padded with zeros to a multiple of 8 | entries(120 each). A snapshot of the root is the same with the entries of all branches
/// that ever changed.
/// </summary>
public sealed record PulseBlock(SignedStatement Statement, IReadOnlyList<BranchEntry> Entries)
{
    private const int HeaderBytes = 16;

    private static readonly ulong Tag = MemoryMarshal.Read<ulong>("LC1pulse"u8);

    public int SizeBytes => HeaderBytes + Padded(Statement.SizeBytes) + (Entries.Count * BranchEntry.SizeBytes);

    /// <summary>Writes <see cref="SizeBytes"/> bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        destination[..SizeBytes].Clear();
        MemoryMarshal.Write(destination, in Tag);
        MemoryMarshal.Write(destination[8..], Statement.SizeBytes);
        MemoryMarshal.Write(destination[12..], Entries.Count);
        Statement.CopyTo(destination[HeaderBytes..]);
        Span<byte> rest = destination[(HeaderBytes + Padded(Statement.SizeBytes))..];
        foreach (BranchEntry entry in Entries)
        {
            MemoryMarshal.Write(rest, in entry);
            rest = rest[BranchEntry.SizeBytes..];
        }
    }

    /// <summary>Reads a block; false when the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PulseBlock? block)
    {
        block = null;
        if (bytes.Length < HeaderBytes || MemoryMarshal.Read<ulong>(bytes) != Tag)
        {
            return false;
        }

        int statementLength = MemoryMarshal.Read<int>(bytes[8..]);
        int count = MemoryMarshal.Read<int>(bytes[12..]);
        ReadOnlySpan<byte> rest = bytes[HeaderBytes..];
        if (statementLength < 0 || count < 0 || statementLength > rest.Length || rest.Length - Padded(statementLength) != count * (long)BranchEntry.SizeBytes
            || !SignedStatement.TryRead(rest[..statementLength], out SignedStatement? statement))
        {
            return false;
        }

        block = new PulseBlock(statement!, MemoryMarshal.Cast<byte, BranchEntry>(rest[Padded(statementLength)..]).ToArray());
        return true;
    }

    private static int Padded(int length) => (length + 7) & ~7;
}
