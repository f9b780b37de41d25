using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Proofs;

/// <summary>A ledger with its root, and accounts of it and accounts it has not: many of these differ from one of its in one bit.</summary>
internal sealed class ProofScene : IDisposable
{
    private readonly Forest _forest;

    public ProofScene(ForestCase forestCase)
    {
        _forest = new Forest(forestCase.Bands, forestCase.Tree.Translucency);
        Accounts = forestCase.Tree.MakeAccounts();
        Accounts.ForEach(_forest.Put);
        Synopsis synopsis = _forest.Update();
        Root = new StatedRoot(synopsis.Digest, synopsis.Sum, forestCase.Tree.Translucency);
        Absent = MakeAbsent(forestCase.Tree.Seed);
    }

    public List<PlainAccount> Accounts { get; }

    public List<AccountId> Absent { get; }

    public StatedRoot Root { get; }

    /// <summary>A scene of its own size for single tests: two bands, data roots, ids that share up to 30 bits.</summary>
    public static ProofScene Of(int accounts, int translucency = 8) =>
        new(new ForestCase(new TreeCase(Seed: 5, accounts, SharedBits: 30, DepthBits: 0, translucency), [3, 5]));

    public AccountProof Prove(AccountId id) => _forest.Lead(id) is var (above, branch)
        ? AccountProof.Create(id, above, branch)
        : AccountProof.OfEmptyTree(id);

    public ProofVerdict Verify(byte[] proof, AccountId id) => ProofVerifier.Verify(proof, Root, id);

    public void Dispose() => _forest.Dispose();

    private List<AccountId> MakeAbsent(int seed)
    {
        var random = new Random(seed);
        var present = Accounts.Select(account => account.Record.Id).ToHashSet();
        var absent = new HashSet<AccountId>();
        byte[] bytes = new byte[AccountId.SizeBytes];
        for (int i = 0; i < 20; i++)
        {
            random.NextBytes(bytes);
            if (Accounts.Count > 0 && i % 4 != 0)
            {
                Accounts[random.Next(Accounts.Count)].Record.Id.CopyTo(bytes);
                int bit = random.Next(AccountId.SizeBits);
                bytes[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            }

            absent.Add(new AccountId(bytes));
        }

        absent.ExceptWith(present);
        return [.. absent];
    }
}
