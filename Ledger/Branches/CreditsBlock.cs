using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// The journal's record of the credits that a branch applied in a beat, docs/PROTOCOL.md section 11: a header of 48 bytes, then each section:
/// source(4) | count(4) | source's block hash(32) | secret(32) | entries(32 each). It follows from the sources' blocks; it is kept so that
/// a branch recovers from its own stream.
/// </summary>
public static class CreditsBlock
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 48;

    /// <summary>Bytes of a section without its entries.</summary>
    public const int SectionHeaderBytes = 72;

    private static readonly ulong Tag = MemoryMarshal.Read<ulong>("LC1credt"u8);

    /// <summary>Bytes of a block with so many sections and entries.</summary>
    public static int SizeOf(int sections, int entries) => HeaderBytes + (sections * SectionHeaderBytes) + (entries * CreditEntry.SizeBytes);

    /// <summary>Writes the header.</summary>
    public static void WriteHeader(Span<byte> block, in LedgerId ledger, uint branch, BeatNumber beat, int sections)
    {
        MemoryMarshal.Write(block, in Tag);
        ledger.CopyTo(block[8..]);
        MemoryMarshal.Write(block[28..], in branch);
        MemoryMarshal.Write(block[32..], in beat);
        MemoryMarshal.Write(block[40..], (ulong)sections);
    }

    /// <summary>Writes a section; returns its length.</summary>
    public static int WriteSection(Span<byte> at, in CreditSection section)
    {
        ReadOnlySpan<CreditEntry> entries = section.Entries.Span;
        MemoryMarshal.Write(at, section.Source);
        MemoryMarshal.Write(at[4..], entries.Length);
        section.BlockHash.CopyTo(at[8..]);
        section.Secret.CopyTo(at[40..]);
        MemoryMarshal.AsBytes(entries).CopyTo(at[SectionHeaderBytes..]);
        return SectionHeaderBytes + (entries.Length * CreditEntry.SizeBytes);
    }

    /// <summary>Applies a block from the journal to the branch that wrote it.</summary>
    /// <exception cref="InvariantBrokenException">The block is another branch's, or corrupt.</exception>
    public static void Replay(ReadOnlySpan<byte> block, in LedgerId ledger, BranchLedger branch)
    {
        Invariant.Holds(
            block.Length >= HeaderBytes
            && MemoryMarshal.Read<ulong>(block) == Tag
            && new LedgerId(block.Slice(8, LedgerId.SizeBytes)) == ledger
            && MemoryMarshal.Read<uint>(block[28..]) == branch.Branch,
            "a credits block belongs to the branch that reads it");
        ulong sections = MemoryMarshal.Read<ulong>(block[40..]);
        CheckSections(block[HeaderBytes..], sections);

        // Nothing is applied of a block that is not whole.
        branch.BeginCredits(MemoryMarshal.Read<BeatNumber>(block[32..]));
        ReadOnlySpan<byte> rest = block[HeaderBytes..];
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<CreditEntry> entries = ReadSection(ref rest, out _, out Hash256 secret);
            branch.ApplySection(secret, entries);
        }
    }

    private static void CheckSections(ReadOnlySpan<byte> rest, ulong sections)
    {
        uint last = 0;
        for (ulong i = 0; i < sections; i++)
        {
            ReadSection(ref rest, out uint source, out _);
            Invariant.Holds(i == 0 || source > last, "sections are in the order of their sources");
            last = source;
        }

        Invariant.Holds(rest.IsEmpty, "a credits block ends with its last section");
    }

    private static ReadOnlySpan<CreditEntry> ReadSection(ref ReadOnlySpan<byte> rest, out uint source, out Hash256 secret)
    {
        Invariant.Holds(rest.Length >= SectionHeaderBytes, "a section is whole");
        source = MemoryMarshal.Read<uint>(rest);
        uint count = MemoryMarshal.Read<uint>(rest[4..]);
        secret = MemoryMarshal.Read<Hash256>(rest[40..]);
        rest = rest[SectionHeaderBytes..];
        Invariant.Holds(count != 0 && count <= (uint)(rest.Length / CreditEntry.SizeBytes), "a section is whole");
        ReadOnlySpan<CreditEntry> entries = MemoryMarshal.Cast<byte, CreditEntry>(rest)[..(int)count];
        rest = rest[((int)count * CreditEntry.SizeBytes)..];
        return entries;
    }
}
