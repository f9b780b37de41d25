using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Proofs;

public sealed class MultiProofTests
{
    [Fact]
    public void Proof_OfAnyAccountsPresentAndAbsent_VerifiesAndComesBackTheSame() => Prop.ForAll(ForestCase.Any, forestCase =>
    {
        using var scene = new ProofScene(forestCase);
        List<AccountId> ids = Asked(scene, new Random(forestCase.Tree.Seed));
        MultiProof proof = MultiProof.Combine(ids.Select(scene.Prove));
        byte[] bytes = proof.ToBytes();
        return ProofVerifier.Verify(bytes, scene.Root, ids) == ProofVerdict.Valid
            && proof.Included.Count + proof.Absent.Count == ids.Count
            && MultiProof.TryDecode(bytes, out MultiProof? decoded) && decoded.ToBytes().SequenceEqual(bytes)
            && MultiProof.TryParseJson(proof.ToJson(), out MultiProof? parsed) && parsed.ToBytes().SequenceEqual(bytes);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Combine_AnyOrderOfProofs_GivesOneForm() => Prop.ForAll(ForestCase.Any, forestCase =>
    {
        using var scene = new ProofScene(forestCase);
        AccountProof[] proofs = [.. Asked(scene, new Random(1)).Select(scene.Prove)];
        byte[] expected = MultiProof.Combine(proofs).ToBytes();
        new Random(forestCase.Tree.Seed).Shuffle(proofs);
        return MultiProof.Combine(proofs.Concat(proofs)).ToBytes().SequenceEqual(expected);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(160)]
    public void Proof_WithAnyOneBitChanged_DoesNotVerify(int translucency)
    {
        using ProofScene scene = ProofScene.Of(400, translucency);
        List<AccountId> ids = [.. scene.Accounts.Take(4).Select(account => account.Record.Id), .. scene.Absent.Take(3)];
        byte[] proof = MultiProof.Combine(ids.Select(scene.Prove)).ToBytes();
        Assert.Equal(ProofVerdict.Valid, ProofVerifier.Verify(proof, scene.Root, ids));
        for (int bit = 0; bit < proof.Length * 8; bit++)
        {
            proof[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(ProofVerifier.Verify(proof, scene.Root, ids) != ProofVerdict.Valid, $"bit {bit}");
            proof[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Proof_CutOrExtended_IsMalformed()
    {
        using ProofScene scene = ProofScene.Of(50);
        List<AccountId> ids = [scene.Accounts[0].Record.Id, scene.Absent[0]];
        byte[] proof = MultiProof.Combine(ids.Select(scene.Prove)).ToBytes();
        for (int length = 0; length < proof.Length; length++)
        {
            Assert.Equal(ProofVerdict.Malformed, ProofVerifier.Verify(proof.AsSpan(0, length), scene.Root, ids));
        }

        Assert.Equal(ProofVerdict.Malformed, ProofVerifier.Verify([.. proof, 0], scene.Root, ids));
    }

    [Fact]
    public void AbsentAccounts_OutOfOrderOrTwice_AreRefused()
    {
        using ProofScene scene = ProofScene.Of(50);
        List<AccountId> ids = [.. scene.Absent.Take(2)];
        byte[] proof = MultiProof.Combine(ids.Select(scene.Prove)).ToBytes();
        byte[] swapped = [.. proof[..4], .. proof[24..44], .. proof[4..24], .. proof[44..]];
        byte[] twice = [.. proof[..4], .. proof[4..24], .. proof[4..24], .. proof[44..]];

        Assert.Equal(ProofVerdict.Malformed, ProofVerifier.Verify(swapped, scene.Root, ids));
        Assert.Equal(ProofVerdict.OtherAccount, ProofVerifier.Verify(twice, scene.Root, ids));
        Assert.True(MultiProof.TryDecode(twice, out MultiProof? decoded));
        Assert.Equal(ProofVerdict.Malformed, ProofVerifier.Verify(decoded, scene.Root));
    }

    [Fact]
    public void Sides_Exchanged_AreRefused()
    {
        using ProofScene scene = ProofScene.Of(50);
        AccountId[] ids = [.. scene.Accounts.Take(8).Select(account => account.Record.Id)];
        MultiProof proof = MultiProof.Combine(ids.Select(scene.Prove));
        string exchanged = proof.ToJson()
            .Replace("\"left\":", "\"was\":", StringComparison.Ordinal)
            .Replace("\"right\":", "\"left\":", StringComparison.Ordinal)
            .Replace("\"was\":", "\"right\":", StringComparison.Ordinal);

        Assert.True(MultiProof.TryParseJson(exchanged, out MultiProof? parsed));
        Assert.Equal(ProofVerdict.OffPath, ProofVerifier.Verify(parsed, scene.Root));
    }

    [Fact]
    public void Exclusion_OfIncludedAccount_IsRefused()
    {
        using ProofScene scene = ProofScene.Of(50);
        AccountId present = scene.Accounts[0].Record.Id;
        byte[] proof = MultiProof.Combine([scene.Prove(present)]).ToBytes();
        byte[] id = new byte[AccountId.SizeBytes];
        present.CopyTo(id);
        byte[] forged = [1, 4, 1, 0, .. id, .. proof[4..]];

        Assert.True(MultiProof.TryDecode(forged, out MultiProof? decoded));
        Assert.Equal(ProofVerdict.AccountPresent, ProofVerifier.Verify(decoded, scene.Root));
    }

    [Fact]
    public void Exclusion_ThatLeadsIntoAnUnopenedSide_IsRefused()
    {
        using ProofScene scene = ProofScene.Of(50);
        byte[] proof = MultiProof.Combine([scene.Prove(scene.Accounts[0].Record.Id)]).ToBytes();
        int refused = 0;
        foreach (AccountId absent in scene.Absent)
        {
            byte[] id = new byte[AccountId.SizeBytes];
            absent.CopyTo(id);
            Assert.True(MultiProof.TryDecode([1, 4, 1, 0, .. id, .. proof[4..]], out MultiProof? decoded));
            ProofVerdict verdict = ProofVerifier.Verify(decoded, scene.Root);
            bool leadsToTheLeaf = ((OpenedLeaf)scene.Prove(absent).Leaf!).Id == scene.Accounts[0].Record.Id;

            Assert.Equal(leadsToTheLeaf ? ProofVerdict.Valid : ProofVerdict.Malformed, verdict);
            refused += leadsToTheLeaf ? 0 : 1;
        }

        Assert.NotEqual(0, refused);
    }

    [Fact]
    public void EmptyTree_ProvesAbsenceOfAll()
    {
        AccountId[] ids = [AccountId.Parse(new string('1', 40)), AccountId.Parse(new string('2', 40))];
        byte[] proof = MultiProof.Combine(ids.Select(id => AccountProof.OfEmptyTree(id))).ToBytes();

        Assert.Equal(ProofVerdict.Valid, ProofVerifier.Verify(proof, new StatedRoot(Hash256.Zero, 0, 8), ids));
        Assert.Equal(ProofVerdict.WrongDigest, ProofVerifier.Verify(proof, new StatedRoot(Blake3.Hash("x"u8), 0, 8), ids));
    }

    [Fact]
    public void Combine_OfNoneOrOfDifferentTrees_Throws()
    {
        using ProofScene scene = ProofScene.Of(50);
        AccountProof other = AccountProof.OfEmptyTree(AccountId.Parse(new string('1', 40)));

        Assert.Throws<ArgumentException>(() => MultiProof.Combine([]));
        Assert.Throws<ArgumentException>(() => MultiProof.Combine([scene.Prove(scene.Absent[0]), other]));
    }

    [Fact]
    public void Proof_OfManyAccounts_IsSmallerThanProofsOfEach()
    {
        using ProofScene scene = ProofScene.Of(600);
        AccountProof[] proofs = [.. scene.Accounts.Select(account => scene.Prove(account.Record.Id))];

        Assert.True(MultiProof.Combine(proofs).ToBytes().Length * 2 < proofs.Sum(proof => proof.ToBytes().Length));
    }

    private static List<AccountId> Asked(ProofScene scene, Random random)
    {
        int accounts = random.Next(Math.Min(scene.Accounts.Count, 60) + 1);
        return [.. scene.Accounts.Take(accounts).Select(account => account.Record.Id), .. scene.Absent];
    }
}
