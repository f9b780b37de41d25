using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>
/// A set of accounts of one branch, made from a seed. Half of the ids are random behind the branch's prefix, half share their
/// first <see cref="SharedBits"/> bits (as far as there are so many such ids).
/// </summary>
public sealed record TreeCase(int Seed, int Accounts, int SharedBits, int DepthBits, int Translucency)
{
    private const int AccountsMax = 700;
    private const int AmountMax = 1_000_000;
    private static readonly int[] s_translucencies = [0, 8, 13, 40, 160];
    private static readonly int[] s_sharedBits = [0, 9, 14, 15, 20, 32, 63, 64, 100, 130, 150, 158];

    internal static Arbitrary<TreeCase> Any { get; } = (
        from seed in Gen.Choose(0, int.MaxValue)
        from accounts in Gen.Frequency((1, Gen.Choose(0, 5)), (2, Gen.Choose(6, 80)), (2, Gen.Choose(81, AccountsMax)))
        from sharedBits in Gen.Elements(s_sharedBits)
        from depthBits in Gen.Elements(0, 3, 8)
        from translucency in Gen.Elements(s_translucencies)
        select new TreeCase(seed, accounts, sharedBits, depthBits, translucency)).ToArbitrary();

    internal uint Index => DepthBits == 0 ? 0u : 5;

    internal BranchTree NewTree() => new(DepthBits, Index, Translucency);

    /// <summary>The accounts in random order.</summary>
    internal List<PlainAccount> MakeAccounts()
    {
        var random = new Random(Seed);
        byte[] stem = new byte[AccountId.SizeBytes];
        random.NextBytes(stem);
        var ids = new HashSet<AccountId>();
        for (int i = 0; i < Accounts; i++)
        {
            ids.Add(InBranch(i % 2 == 0 ? Sharing(stem, 0, random) : Sharing(stem, SharedBits, random)));
        }

        AccountId[] shuffled = [.. ids];
        random.Shuffle(shuffled);
        return [.. shuffled.Select(id => MakeAccount(id, random))];
    }

    /// <summary>An account like this one, with other contents: now and then a data root.</summary>
    internal static PlainAccount MakeAccount(AccountId id, Random random)
    {
        var record = new AccountRecord
        {
            Id = id,
            Flags = random.Next(4) == 0 ? RecordFlags.Frozen : RecordFlags.None,
            Balance = new Amount((ulong)random.Next(AmountMax)),
            NonceHighest = (ulong)random.Next(),
            NonceBitmap = (ulong)random.NextInt64(),
            Salt = (ulong)random.NextInt64(),
        };
        record.Frozen = new Amount((ulong)random.NextInt64((long)record.Balance.Units + 1));
        if (random.Next(5) != 0)
        {
            return new PlainAccount(record, null);
        }

        byte[] root = new byte[Hash256.ByteLength];
        random.NextBytes(root);
        record.Flags |= RecordFlags.HasDataRoot;
        return new PlainAccount(record, new Hash256(root));
    }

    private static AccountId Sharing(byte[] stem, int bits, Random random)
    {
        byte[] bytes = new byte[AccountId.SizeBytes];
        random.NextBytes(bytes);
        for (int bit = 0; bit < bits; bit++)
        {
            int mask = 0x80 >> (bit % 8);
            bytes[bit / 8] = (byte)((bytes[bit / 8] & ~mask) | (stem[bit / 8] & mask));
        }

        return new AccountId(bytes);
    }

    private AccountId InBranch(AccountId id)
    {
        byte[] bytes = new byte[AccountId.SizeBytes];
        id.CopyTo(bytes);
        if (DepthBits > 0)
        {
            bytes[0] = (byte)((bytes[0] & ((1 << (8 - DepthBits)) - 1)) | (int)(Index << (8 - DepthBits)));
        }

        return new AccountId(bytes);
    }
}
