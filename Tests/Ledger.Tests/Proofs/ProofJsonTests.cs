using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Proofs;

public sealed class ProofJsonTests
{
    [Fact]
    public void Json_OfInclusion_ShowsIdBalanceAndPathReadably()
    {
        using ProofScene scene = ProofScene.Of(100);
        AccountProof proof = scene.Prove(scene.Accounts[0].Record.Id);
        string json = proof.ToJson();

        Assert.Contains("\"kind\": \"inclusion\"", json, StringComparison.Ordinal);
        Assert.Contains($"\"account\": \"{proof.Id}\"", json, StringComparison.Ordinal);
        Assert.Contains($"\"balance\": \"{scene.Accounts[0].Record.Balance}\"", json, StringComparison.Ordinal);
        Assert.Contains($"\"sibling\": \"{proof.Path[0].Sibling}\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_WithOtherWhiteSpace_IsRead()
    {
        using ProofScene scene = ProofScene.Of(100);
        AccountProof proof = scene.Prove(scene.Absent[0]);
        string oneLine = proof.ToJson().ReplaceLineEndings(" ");

        Assert.True(AccountProof.TryParseJson(oneLine, out AccountProof? parsed));
        Assert.Equal(proof.ToBytes(), parsed.ToBytes());
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2")]
    [InlineData("\"version\": 1", "\"version\": 1, \"comment\": \"no\"")]
    [InlineData("\"version\": 1", "\"version\": 1, \"version\": 1")]
    [InlineData("\"version\": 1,", "")]
    [InlineData("\"kind\": \"inclusion\"", "\"kind\": \"exclusion\"")]
    [InlineData("\"kind\": \"inclusion\"", "\"kind\": null")]
    [InlineData("\"balance\": \"", "\"balance\": \"0")]
    [InlineData("\"balance\": \"", "\"balance\": \"-")]
    [InlineData("\"balance\": \"", "\"balance\": \"99999999999999999999")]
    [InlineData("\"bit\": 0", "\"bit\": 256")]
    [InlineData("\"bit\": 0", "\"bit\": -1")]
    [InlineData("\"sibling\": \"", "\"sibling\": \"0")]
    [InlineData("\"account\": \"", "\"account\": \"zz")]
    [InlineData("\"path\": [", "\"path\": [null,")]
    [InlineData("{", "[")]
    public void Json_WithAnythingElse_IsNoProof(string part, string instead)
    {
        using ProofScene scene = ProofScene.Of(100, translucency: 8);
        string json = scene.Prove(scene.Accounts[0].Record.Id).ToJson();
        int at = json.IndexOf(part, StringComparison.Ordinal);
        Assert.True(at >= 0);

        Assert.False(AccountProof.TryParseJson(json.Remove(at, part.Length).Insert(at, instead), out _));
    }

    [Fact]
    public void Json_WithAnyCharacterChanged_IsNoProofOfTheAccount()
    {
        using ProofScene scene = ProofScene.Of(20);
        AccountId id = scene.Accounts[0].Record.Id;
        AccountProof original = scene.Prove(id);
        string json = original.ToJson();
        for (int i = 0; i < json.Length; i++)
        {
            if (char.IsWhiteSpace(json[i]))
            {
                continue;
            }

            string changed = json.Remove(i, 1).Insert(i, json[i] == '1' ? "2" : "1");
            Assert.False(
                AccountProof.TryParseJson(changed, out AccountProof? parsed)
                    && ProofVerifier.Verify(parsed, scene.Root, id) == ProofVerdict.Valid,
                $"character {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"version\":1,\"kind\":\"multi\",\"absent\":[]}")]
    [InlineData("{\"version\":1,\"kind\":\"multi\",\"absent\":[\"00\"]}")]
    [InlineData("{\"version\":1,\"kind\":\"multi\",\"absent\":[],\"tree\":{}}")]
    public void Json_OfNothing_IsNoValidProof(string json)
    {
        Assert.False(AccountProof.TryParseJson(json, out _));
        Assert.False(MultiProof.TryParseJson(json, out MultiProof? multi)
            && ProofVerifier.Verify(multi, new StatedRoot(default, 0, 8)) == ProofVerdict.Valid);
    }

    [Fact]
    public void Json_NestedTooDeep_IsNoProof()
    {
        string json = "{\"version\":1,\"kind\":\"multi\",\"absent\":[],\"tree\":"
            + string.Concat(Enumerable.Repeat("{\"node\":{\"bit\":0,\"bindsSums\":false,\"left\":", 5000));

        Assert.False(MultiProof.TryParseJson(json, out _));
    }
}
