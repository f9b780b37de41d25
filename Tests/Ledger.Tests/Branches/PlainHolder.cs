using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>An account in the oracle.</summary>
internal sealed class PlainHolder(AccountId id)
{
    public AccountId Id => id;

    public ulong Balance { get; set; }

    public RecordFlags Flags { get; set; }

    public ulong Salt { get; set; }

    /// <summary>Every nonce ever used.</summary>
    public HashSet<ulong> Used { get; } = [];

    public SortedDictionary<ulong, Hold> Holds { get; } = [];

    public ulong Highest => Used.Count == 0 ? 0 : Used.Max();

    public ulong Held => Holds.Values.Aggregate(0ul, (sum, hold) => sum + hold.Amount.Units);

    public AccountRecord Record()
    {
        ulong bitmap = 0;
        for (ulong age = 0; age < 64 && age < Highest; age++)
        {
            bitmap |= Used.Contains(Highest - age) ? 1ul << (int)age : 0;
        }

        return new AccountRecord
        {
            Id = id,
            Flags = Flags | (Holds.Count == 0 ? RecordFlags.None : RecordFlags.HasDataRoot),
            Balance = new Amount(Balance),
            Frozen = new Amount(Held),
            NonceHighest = Highest,
            NonceBitmap = bitmap,
            Salt = Salt,
        };
    }

    public Hash256? DataRoot()
    {
        if (Holds.Count == 0)
        {
            return null;
        }

        Hash256 holds = Blake3.KeyedHash(Key("LC1holds"u8), [.. Holds.Values.SelectMany(Bytes)]);
        return Blake3.KeyedHash(Key("LC1data_"u8), [.. "LC1holds"u8, .. holds.AsSpan()]);
    }

    public static byte[] Bytes(Hold hold)
    {
        byte[] bytes = new byte[64];
        BitConverter.TryWriteBytes(bytes.AsSpan(0), hold.Nonce);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), hold.Amount.Units);
        BitConverter.TryWriteBytes(bytes.AsSpan(16), hold.Expiry.UnixMs);
        hold.Receiver.CopyTo(bytes.AsSpan(24));
        hold.Controller.CopyTo(bytes.AsSpan(44));
        return bytes;
    }

    private static byte[] Key(ReadOnlySpan<byte> tag) => [.. tag, .. new byte[32 - tag.Length]];
}
