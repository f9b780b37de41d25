using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Transfers;

namespace LeitherCluster.Tests.Ledger.Receipts;

/// <summary>
/// One committed beat of a small ledger of four branches: every sample transfer took effect in it, among others, and two of three
/// committee members signed.
/// </summary>
internal sealed unsafe class ReceiptScene : IDisposable
{
    private const int DepthBits = 2;

    private readonly BranchTree[] _branches;
    private readonly TrunkTree _trunk = new(0, DepthBits, Samples.Parameters.Translucency);
    private readonly List<Hash256>[] _windows = [[], [], [], []];

    public ReceiptScene()
    {
        _branches = [.. Enumerable.Range(0, 1 << DepthBits).Select(index => new BranchTree(DepthBits, (uint)index, Samples.Parameters.Translucency))];
        Random random = new(11);
        byte[] id = new byte[AccountId.SizeBytes];
        for (int i = 0; i < 50; i++)
        {
            random.NextBytes(id);
            Open(new AccountId(id), (ulong)random.Next(1_000_000));
        }

        foreach (PrivateKey party in (PrivateKey[])[Samples.Organization, Samples.Alice, Samples.Bob, Samples.Carol])
        {
            Open(Samples.Id(party), 777);
        }

        for (int i = 0; i < _branches.Length; i++)
        {
            _trunk.Set(i, _branches[i].Update());
        }

        Synopsis root = _trunk.Update();
        FillWindows(random);
        Assert.Equal(CommitteeFault.None, Committee.TryCreate(2, Signers.Select(static key => key.PublicKey), out Committee? committee));
        Committee = committee!;
        RootStatement statement = new()
        {
            Ledger = Samples.Ledger,
            Translucency = (uint)Samples.Parameters.Translucency,
            TimeSequence = new TimeSequence(42),
            Beat = new BeatNumber(3, 99),
            Timestamp = new Timestamp(Samples.Now.UnixMs + 2_000),
            Previous = Blake3.Hash("previous"u8),
            Root = root.Digest,
            Sum = new Amount(root.Sum),
            Windows = WindowsRoot(),
            Committee = Committee.Digest,
            Parameters = Samples.Parameters.Digest(),
        };
        Statement = Sign(statement, 0, 2);
    }

    public static PrivateKey[] Signers { get; } = [Samples.Key(21), Samples.Key(22), Samples.Key(23)];

    public Committee Committee { get; }

    public SignedStatement Statement { get; }

    public static LedgerId Ledger => Samples.Ledger;

    /// <summary>The receipt of a sample transfer (of a bundle's item), for an account.</summary>
    public Receipt ReceiptOf(string name, int item, PrivateKey party)
    {
        TransferFrame frame = new(Samples.Frames[name]);
        TransferEvidence evidence = FrameLayout.IsBundle(frame.Kind) ? TransferEvidence.OfBundleItem(frame, item) : TransferEvidence.OfFrame(frame);
        return new Receipt(Statement, ProofOf(Samples.Id(party)), evidence, PathOf(frame.Body.Sender, evidence.Id));
    }

    public AccountProof ProofOf(AccountId id)
    {
        TreePath above = new();
        return AccountProof.Create(id, above, _branches[_trunk.Lead(id, above)]);
    }

    public WindowPath PathOf(AccountId sender, Hash256 id)
    {
        uint branch = sender.Prefix(DepthBits);
        uint place = (uint)_windows[branch].IndexOf(id);
        Hash256[] leaves = Leaves(branch);
        Hash256[] roots = Roots();
        fixed (Hash256* leaf = leaves, root = roots)
        {
            return WindowsTree.TrunkPath(WindowsTree.BranchPath(new WindowPosition(branch, place), leaf, leaves.Length), root, DepthBits, lowBits: 0);
        }
    }

    /// <summary>Signs as the members whose keys these are.</summary>
    public SignedStatement Sign(RootStatement statement, params int[] signers)
    {
        IEnumerable<StatementSignature> signatures = signers.Select(signer =>
            StatementSignature.Sign(statement, (uint)Committee.IndexOf(Signers[signer].PublicKey), Signers[signer]));
        Assert.True(SignedStatement.TryCreate(statement, signatures, out SignedStatement? result));
        return result;
    }

    public void Dispose()
    {
        foreach (BranchTree branch in _branches)
        {
            branch.Dispose();
        }
    }

    private void Open(AccountId id, ulong balance)
    {
        AccountRecord* record = _branches[id.Prefix(DepthBits)].FindOrOpen(id, out _);
        record->Balance = new Amount(balance);
        record->NonceHighest = 9;
        record->NonceBitmap = 1;
        record->Salt = balance ^ 0x5A5A;
    }

    private void FillWindows(Random random)
    {
        byte[] noise = new byte[8];
        foreach (byte[] bytes in Samples.Frames.Values)
        {
            TransferFrame frame = new(bytes);
            List<Hash256> window = _windows[frame.Body.Sender.Prefix(DepthBits)];
            random.NextBytes(noise);
            window.Add(Blake3.Hash(noise));
            Hash256 id = TransferIds.Compute(frame);
            if (FrameLayout.IsBundle(frame.Kind))
            {
                window.AddRange(Enumerable.Range(0, frame.Body.ItemNumber).Select(index => TransferIds.ComputeItem(id, index)));
            }
            else
            {
                window.Add(id);
            }
        }
    }

    private Hash256 WindowsRoot()
    {
        fixed (Hash256* roots = Roots())
        {
            return WindowsTree.TrunkRoot(roots, DepthBits);
        }
    }

    private Hash256[] Roots() => [.. Enumerable.Range(0, 1 << DepthBits).Select(branch =>
    {
        Hash256[] leaves = Leaves((uint)branch);
        fixed (Hash256* leaf = leaves)
        {
            return WindowsTree.BranchRoot(leaf, leaves.Length);
        }
    })];

    private Hash256[] Leaves(uint branch)
    {
        Hash256[] leaves = [.. _windows[branch]];
        fixed (Hash256* leaf = leaves)
        {
            WindowsTree.HashLeaves(new WindowPosition(branch, 0), leaf, leaf, leaves.Length);
        }

        return leaves;
    }
}
