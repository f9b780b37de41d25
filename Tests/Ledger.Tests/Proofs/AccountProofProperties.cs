using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Proofs;

public sealed class AccountProofProperties
{
    private const int Samples = 20;

    [Fact]
    public void Proof_OfAnyAccountPresentOrAbsent_Verifies() => Prop.ForAll(ForestCase.Any, forestCase =>
    {
        using var scene = new ProofScene(forestCase);
        bool included = scene.Accounts.Take(Samples).All(account =>
        {
            AccountProof proof = scene.Prove(account.Record.Id);
            return ProofVerifier.Verify(proof, scene.Root, account.Record.Id) == ProofVerdict.Valid
                && proof.Leaf is IncludedLeaf leaf && leaf.Record == account.Record && leaf.DataRoot == account.DataRoot;
        });
        return included && scene.Absent.TrueForAll(id =>
        {
            AccountProof proof = scene.Prove(id);
            return ProofVerifier.Verify(proof, scene.Root, id) == ProofVerdict.Valid && !proof.IsInclusion;
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Proof_InBinaryAndJson_ComesBackTheSame() => Prop.ForAll(ForestCase.Any, forestCase =>
    {
        using var scene = new ProofScene(forestCase);
        IEnumerable<AccountId> ids = scene.Accounts.Take(Samples).Select(account => account.Record.Id).Concat(scene.Absent);
        return ids.All(id =>
        {
            AccountProof proof = scene.Prove(id);
            byte[] bytes = proof.ToBytes();
            return bytes.Length <= AccountProof.BytesMax
                && bytes.SequenceEqual(ProofBytes.Of(proof).ToArray())
                && AccountProof.TryDecode(bytes, out AccountProof? decoded)
                && decoded.ToBytes().SequenceEqual(bytes)
                && AccountProof.TryParseJson(proof.ToJson(), out AccountProof? parsed)
                && parsed.ToBytes().SequenceEqual(bytes);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void InclusionProof_RecomputedByHand_GivesTheRoot() => Prop.ForAll(ForestCase.Any, forestCase =>
    {
        using var scene = new ProofScene(forestCase);
        return scene.Accounts.Take(Samples).All(account =>
        {
            (Hash256 digest, ulong? sum) = PlainVerifier.RootOfInclusion(scene.Prove(account.Record.Id).ToBytes());
            return digest == scene.Root.Digest && (sum is null || sum == scene.Root.Sum);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Proof_OfOneAccount_IsNoProofOfAnother() => Prop.ForAll(ForestCase.Any, forestCase =>
    {
        using var scene = new ProofScene(forestCase);
        return scene.Absent.TrueForAll(absent => scene.Accounts.Take(Samples).All(account =>
            scene.Verify(scene.Prove(absent).ToBytes(), account.Record.Id) == ProofVerdict.OtherAccount
            && scene.Verify(scene.Prove(account.Record.Id).ToBytes(), absent) == ProofVerdict.OtherAccount));
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(160)]
    public void Proof_WithAnyOneBitChanged_DoesNotVerify(int translucency)
    {
        using ProofScene scene = ProofScene.Of(600, translucency);
        AccountId withData = scene.Accounts.Find(account => account.DataRoot is not null)!.Record.Id;
        AccountId without = scene.Accounts.Find(account => account.DataRoot is null)!.Record.Id;
        foreach (AccountId id in (AccountId[])[withData, without, .. scene.Absent.Take(4)])
        {
            byte[] proof = scene.Prove(id).ToBytes();
            Assert.Equal(ProofVerdict.Valid, scene.Verify(proof, id));
            for (int bit = 0; bit < proof.Length * 8; bit++)
            {
                proof[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.True(scene.Verify(proof, id) != ProofVerdict.Valid, $"bit {bit} of the proof of {id}");
                proof[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public void Proof_CutOrExtended_IsMalformed()
    {
        using ProofScene scene = ProofScene.Of(200);
        foreach (AccountId id in (AccountId[])[scene.Accounts[0].Record.Id, scene.Absent[0]])
        {
            byte[] proof = scene.Prove(id).ToBytes();
            for (int length = 0; length < proof.Length; length++)
            {
                Assert.Equal(ProofVerdict.Malformed, scene.Verify(proof[..length], id));
            }

            Assert.Equal(ProofVerdict.Malformed, scene.Verify([.. proof, 0], id));
        }
    }

    [Fact]
    public void RandomBytes_BehindAnyHead_AreNeverValidAndNeverThrow() => Prop.ForAll(
        Gen.Choose(0, int.MaxValue).ToArbitrary(),
        seed =>
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(400)];
            random.NextBytes(bytes);
            byte[] head = [1, (byte)random.Next(5), (byte)random.Next(4), (byte)random.Next(3)];
            byte[] proof = random.Next(3) == 0 ? bytes : [.. head, .. bytes];
            var root = new StatedRoot(Blake3.Hash("root"u8), 5, 8);
            return ProofVerifier.Verify(proof, root, default(AccountId)) != ProofVerdict.Valid
                && ProofVerifier.Verify(proof, root, Array.Empty<AccountId>()) != ProofVerdict.Valid
                && (!AccountProof.TryDecode(proof, out AccountProof? decoded)
                    || ProofVerifier.Verify(decoded, root) != ProofVerdict.Valid)
                && (!MultiProof.TryDecode(proof, out MultiProof? multi) || ProofVerifier.Verify(multi, root) != ProofVerdict.Valid);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
}
