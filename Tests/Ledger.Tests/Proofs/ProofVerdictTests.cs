using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Proofs;

/// <summary>Each thing that a verifier requires, broken by a forger who breaks nothing else that he can help.</summary>
public sealed class ProofVerdictTests
{
    private static readonly AccountId s_low = AccountId.Parse("2" + new string('0', 39));
    private static readonly AccountId s_high = AccountId.Parse("3" + new string('0', 39));
    private static readonly Hash256 s_some = Blake3.Hash("some digest"u8);

    [Fact]
    public void Exclusion_OfPresentAccount_IsRefused()
    {
        using ProofScene scene = ProofScene.Of(300);
        PlainAccount account = scene.Accounts[0];
        AccountProof inclusion = scene.Prove(account.Record.Id);
        ProofBytes forged = ProofBytes.Of(inclusion);
        forged.Kind = 2;
        forged.Head = ProofBytes.ExclusionHead(account.Record.Id, account.Record.Id, PlainTree.RecordHash(account));
        forged.BoundSum = inclusion.BoundSum ?? account.Record.Balance.Units;

        Assert.Equal(ProofVerdict.AccountPresent, scene.Verify(forged.ToArray(), account.Record.Id));
    }

    [Fact]
    public void Exclusion_OpeningLeafElsewhere_IsRefused()
    {
        using ProofScene scene = ProofScene.Of(300);
        AccountId victim = scene.Accounts[0].Record.Id;
        AccountProof[] exclusions = [.. scene.Absent.Select(scene.Prove).Where(proof => ((OpenedLeaf)proof.Leaf!).Id != victim)];
        Assert.NotEmpty(exclusions);
        foreach (AccountProof exclusion in exclusions)
        {
            var opened = (OpenedLeaf)exclusion.Leaf!;
            ProofBytes forged = ProofBytes.Of(exclusion);
            forged.Head = ProofBytes.ExclusionHead(victim, opened.Id, opened.RecordHash);

            Assert.Equal(ProofVerdict.OffPath, scene.Verify(forged.ToArray(), victim));
        }
    }

    [Fact]
    public void EmptyTree_ForLedgerWithAccounts_IsRefused()
    {
        using ProofScene scene = ProofScene.Of(3);

        Assert.Equal(ProofVerdict.WrongDigest, scene.Verify(AccountProof.OfEmptyTree(s_low).ToBytes(), s_low));
        Assert.Equal(
            ProofVerdict.WrongSum,
            ProofVerifier.Verify(AccountProof.OfEmptyTree(s_low), new StatedRoot(Hash256.Zero, 1, 8)));
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(8, 0)]
    [InlineData(8, 160)]
    [InlineData(160, 8)]
    public void Proof_UnderAnotherTranslucency_HasWrongTags(int translucency, int stated)
    {
        using ProofScene scene = ProofScene.Of(300, translucency);
        AccountProof proof = scene.Prove(scene.Accounts[0].Record.Id);

        Assert.Equal(ProofVerdict.WrongTag, ProofVerifier.Verify(proof, scene.Root with { Translucency = stated }));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(161)]
    public void Proof_UnderImpossibleTranslucency_IsBadStatement(int stated)
    {
        using ProofScene scene = ProofScene.Of(3);
        AccountProof proof = scene.Prove(s_low);

        Assert.Equal(ProofVerdict.BadStatement, ProofVerifier.Verify(proof, scene.Root with { Translucency = stated }));
        Assert.Equal(
            ProofVerdict.BadStatement,
            ProofVerifier.Verify(MultiProof.Combine([proof]), scene.Root with { Translucency = stated }));
    }

    [Fact]
    public void Proof_UnderAnotherSumOrDigest_IsRefusedByName()
    {
        using ProofScene scene = ProofScene.Of(300);
        AccountProof proof = scene.Prove(scene.Accounts[0].Record.Id);

        Assert.Equal(ProofVerdict.WrongSum, ProofVerifier.Verify(proof, scene.Root with { Sum = scene.Root.Sum + 1 }));
        Assert.Equal(ProofVerdict.WrongDigest, ProofVerifier.Verify(proof, scene.Root with { Digest = s_some }));
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(9, 3)]
    [InlineData(3, 160)]
    [InlineData(160, 200)]
    public void Path_WithBitIndicesNotIncreasingOrNone_IsRefused(int first, int second)
    {
        ProofBytes proof = Forged(0, new PathNode(first, s_some, 0), new PathNode(second, s_some, 0));

        Assert.Equal(ProofVerdict.BitOrder, VerifyForged(proof, translucency: 0));
    }

    [Fact]
    public void Path_WithEmptySibling_IsRefused()
    {
        ProofBytes proof = Forged(0, new PathNode(3, Hash256.Zero, 0));

        Assert.Equal(ProofVerdict.EmptySide, VerifyForged(proof, translucency: 0));
    }

    [Fact]
    public void Path_WithSumsBeyond64Bits_IsRefused()
    {
        ProofBytes proof = Forged(1, new PathNode(3, s_some, ulong.MaxValue));

        Assert.Equal(ProofVerdict.SumOverflow, VerifyForged(proof, translucency: 8));
    }

    [Theory]
    [InlineData(8u, 0)]
    [InlineData(0x8000_0000u, 0)]
    [InlineData(0u, 2)]
    public void Record_WithUnknownFlagsOrMoreFrozenThanItHas_IsRefused(uint flags, ulong frozen)
    {
        ProofBytes proof = Forged(0);
        var record = new AccountRecord { Id = s_low, Balance = new Amount(1), Flags = (RecordFlags)flags, Frozen = new Amount(frozen) };
        proof.Head = ProofBytes.RecordHead(record, null);

        Assert.Equal(ProofVerdict.BadRecord, VerifyForged(proof, translucency: 0));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 4)]
    [InlineData(1, 255)]
    public void Head_OfOtherVersionOrKind_IsMalformed(byte version, byte kind)
    {
        ProofBytes proof = Forged(0);
        proof.Version = version;
        proof.Kind = kind;

        Assert.Equal(ProofVerdict.Malformed, VerifyForged(proof, translucency: 0));
    }

    [Fact]
    public void Head_WithMoreBoundNodesThanNodesOrTooManyNodes_IsMalformed()
    {
        ProofBytes tooManyBound = Forged(0);
        tooManyBound.BoundNodes = 1;
        ProofBytes tooMany = Forged(0, [.. Enumerable.Range(0, 161).Select(bit => new PathNode(bit, s_some, 0))]);
        ProofBytes emptyWithPath = Forged(0, new PathNode(0, s_some, 0));
        emptyWithPath.Kind = 3;
        emptyWithPath.Head = emptyWithPath.Head[..20];

        Assert.Equal(ProofVerdict.Malformed, VerifyForged(tooManyBound, translucency: 8));
        Assert.Equal(ProofVerdict.Malformed, VerifyForged(tooMany, translucency: 0));
        Assert.Equal(ProofVerdict.Malformed, VerifyForged(emptyWithPath, translucency: 0));
    }

    [Fact]
    public void OnlyAccount_WithBalanceOtherThanTheStatedSum_IsRefused()
    {
        ProofBytes proof = Forged(0);
        Assert.True(AccountProof.TryDecode(proof.ToArray(), out AccountProof? decoded));
        Hash256 digest = PlainVerifier.RootOfInclusion(proof.ToArray()).Digest;

        Assert.Equal(ProofVerdict.Valid, ProofVerifier.Verify(decoded, new StatedRoot(digest, 1, 8)));
        Assert.Equal(ProofVerdict.WrongSum, ProofVerifier.Verify(decoded, new StatedRoot(digest, 2, 8)));
    }

    [Fact]
    public void Create_FromEmptyBranch_Throws()
    {
        using var branch = new BranchTree(8, 0, 8);

        Assert.Throws<ArgumentException>(() => AccountProof.Create(s_high, new TreePath(), branch));
    }

    [Fact]
    public void Create_BeforeUpdate_Throws()
    {
        using var branch = new BranchTree(0, 0, 8);
        new TreeCase(1, 5, 0, 0, 8).MakeAccounts().ForEach(branch.Put);

        Assert.Throws<InvalidOperationException>(() => AccountProof.Create(s_high, new TreePath(), branch));
    }

    /// <summary>An inclusion proof of the low account, which owns 1, with any path.</summary>
    private static ProofBytes Forged(int boundNodes, params PathNode[] path) => new()
    {
        Kind = 1,
        Head = ProofBytes.RecordHead(new AccountRecord { Id = s_low, Balance = new Amount(1) }, null),
        BoundNodes = boundNodes,
        Path = [.. path],
    };

    private static ProofVerdict VerifyForged(ProofBytes proof, int translucency) =>
        ProofVerifier.Verify(proof.ToArray(), new StatedRoot(s_some, 1, translucency), s_low);
}
