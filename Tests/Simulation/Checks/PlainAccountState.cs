using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>An account of the plain ledger.</summary>
internal sealed class PlainAccountState(AccountId id)
{
    public AccountId Id { get; } = id;

    public ulong Balance { get; set; }

    /// <summary>All nonces ever used.</summary>
    public HashSet<ulong> Nonces { get; } = [];

    public ulong NonceHighest { get; set; }

    /// <summary>Open holds by nonce.</summary>
    public SortedDictionary<ulong, Hold> Holds { get; } = [];

    public ulong Salt { get; init; }

    public RecordFlags Flags { get; init; }

    public ulong Frozen => (ulong)Holds.Values.Sum(static hold => (decimal)hold.Amount.Units);

    public ulong Spendable => Balance - Frozen;

    /// <summary>The account as the synopsis tree hashes it.</summary>
    public PlainAccount ToPlain()
    {
        Hash256? dataRoot = Holds.Count == 0 ? null : DataRoot();
        ulong bitmap = 0;
        for (ulong age = 0; age < 64 && age < NonceHighest; age++)
        {
            bitmap |= Nonces.Contains(NonceHighest - age) ? 1UL << (int)age : 0;
        }

        var record = new AccountRecord
        {
            Id = Id,
            Flags = Flags | (dataRoot is null ? RecordFlags.None : RecordFlags.HasDataRoot),
            Balance = new Amount(Balance),
            Frozen = new Amount(Frozen),
            NonceHighest = NonceHighest,
            NonceBitmap = bitmap,
            Salt = Salt,
        };
        return new PlainAccount(record, dataRoot);
    }

    private Hash256 DataRoot()
    {
        Hold[] holds = [.. Holds.Values];
        Hash256 section = Blake3.KeyedHash(Key("LC1holds"u8), MemoryMarshal.AsBytes(holds.AsSpan()));
        byte[] entry = [.. "LC1holds"u8, .. section.AsSpan()];
        return Blake3.KeyedHash(Key("LC1data_"u8), entry);
    }

    private static byte[] Key(ReadOnlySpan<byte> tag) => [.. tag, .. new byte[24]];
}
