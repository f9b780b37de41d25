using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>What the oracle keeps of one branch, and what the branch seals, written from docs/PROTOCOL.md, sections 4 and 11.</summary>
internal sealed class PlainBranch(uint index, LedgerId ledger)
{
    /// <summary>The open window.</summary>
    public List<PlainEntry> Open { get; set; } = [];

    /// <summary>The sealed window until its pulse is committed.</summary>
    public List<PlainEntry> Sealed { get; set; } = [];

    /// <summary>The newest timestamp that the branch has heard of.</summary>
    public ulong KnownAt { get; set; }

    public ulong SealedAt { get; set; }

    public BeatNumber Credited { get; set; }

    public Hash256 BlockHash { get; set; }

    /// <summary>Ids of the leaves of the window sealed last.</summary>
    public List<Hash256> Leaves { get; } = [];

    /// <summary>Credits of the window sealed last, in recorded order.</summary>
    public List<CreditEntry> Credits { get; } = [];

    public Hash256 Secret { get; set; }

    public int OpenBytes => Open.Sum(entry => entry.Frame.Length);

    /// <summary>The block of the window sealed now, without its certificate.</summary>
    public byte[] Block(BeatNumber beat, ulong at, ulong sequence, ulong issued)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("LC1block"u8);
        writer.Write(Bytes(ledger.OrganizationAccount));
        writer.Write(index);
        writer.Write(beat.Value);
        writer.Write(at);
        writer.Write(BlockHash.AsSpan());
        writer.Write(Secret.AsSpan());
        writer.Write(Sealed.Count);
        writer.Write(Leaves.Count);
        writer.Write((ulong)Sealed.Sum(entry => entry.Frame.Length));
        writer.Write(issued);
        writer.Write(WindowsRoot().AsSpan());
        writer.Write(sequence);
        writer.Write(Credited.Value);
        writer.Write(0ul);
        Assert.Equal(192, stream.Length);
        Sealed.ForEach(entry => writer.Write(entry.Frame));
        return stream.ToArray();
    }

    public Hash256 WindowsRoot()
    {
        Hash256[] level = [.. Leaves.Select((id, place) => Keyed("LC1winlf"u8, [.. id.AsSpan(), .. BitConverter.GetBytes(((ulong)index << 32) + (ulong)place)]))];
        while (level.Length > 1)
        {
            level = [.. level.Chunk(2).Select(pair => pair.Length == 1 ? pair[0] : Keyed("LC1winnd"u8, [.. pair[0].AsSpan(), .. pair[1].AsSpan()]))];
        }

        return level.SingleOrDefault();
    }

    public static ulong Salt(Hash256 secret, AccountId id) => MemoryMarshal.Read<ulong>(Blake3.KeyedHash(secret, Bytes(id)).AsSpan());

    private static Hash256 Keyed(ReadOnlySpan<byte> tag, byte[] message) => Blake3.KeyedHash([.. tag, .. new byte[32 - tag.Length]], message);

    private static byte[] Bytes(AccountId id)
    {
        byte[] bytes = new byte[AccountId.SizeBytes];
        id.CopyTo(bytes);
        return bytes;
    }
}
