using System.Buffers.Binary;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>Somebody with an account. The key is any 32 bytes: a branch does not check signatures.</summary>
internal sealed record Party(PublicKey Key, AccountId Id)
{
    /// <summary>The party with this number, always the same; its id lies anywhere.</summary>
    public static Party Of(int number)
    {
        byte[] seed = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(seed, number);
        var key = new PublicKey(Blake3.Hash(seed).AsSpan());
        return new Party(key, AccountIds.Of(key));
    }

    /// <summary>A party whose id was made to share all but its last <paramref name="bits"/> bits with another's; its key is not the one to that id.</summary>
    public static Party Beside(Party other, int bits, int number)
    {
        byte[] id = new byte[AccountId.SizeBytes];
        byte[] own = new byte[AccountId.SizeBytes];
        other.Id.CopyTo(id);
        Party party = Of(number);
        party.Id.CopyTo(own);
        for (int bit = AccountId.SizeBits - bits; bit < AccountId.SizeBits; bit++)
        {
            int mask = 0x80 >> (bit % 8);
            id[bit / 8] = (byte)((id[bit / 8] & ~mask) | (own[bit / 8] & mask));
        }

        return party with { Id = new AccountId(id) };
    }

    /// <summary>The first <paramref name="count"/> parties whose ids begin with these bits.</summary>
    public static Party[] InBranch(int depthBits, uint branch, int count) =>
        [.. Enumerable.Range(0, int.MaxValue).Select(Of).Where(party => party.Id.Prefix(depthBits) == branch).Take(count)];
}
