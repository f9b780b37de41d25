using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Transfers;

namespace LeitherCluster.Tests.Ledger.Statements;

public sealed class StatementTests
{
    private static readonly PrivateKey[] Keys = [Samples.Key(31), Samples.Key(32), Samples.Key(33), Samples.Key(34)];
    private static readonly Committee Committee = CommitteeOf(3, Keys);

    [Fact]
    public void Statement_WrittenByHand_LiesWhereTheProtocolSays()
    {
        RootStatement statement = Statement();
        byte[] byHand = new byte[224];
        "LC1state"u8.CopyTo(byHand);
        Samples.Ledger.CopyTo(byHand.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(byHand.AsSpan(28), 8);
        BinaryPrimitives.WriteUInt64LittleEndian(byHand.AsSpan(32), 7);
        BinaryPrimitives.WriteUInt64LittleEndian(byHand.AsSpan(40), (2UL << 32) + 5);
        BinaryPrimitives.WriteUInt64LittleEndian(byHand.AsSpan(48), 1234);
        Blake3.Hash([1]).CopyTo(byHand.AsSpan(56));
        Blake3.Hash([2]).CopyTo(byHand.AsSpan(88));
        BinaryPrimitives.WriteUInt64LittleEndian(byHand.AsSpan(120), 1_000_000);
        Blake3.Hash([3]).CopyTo(byHand.AsSpan(128));
        Committee.Digest.CopyTo(byHand.AsSpan(160));
        Blake3.Hash([5]).CopyTo(byHand.AsSpan(192));
        Assert.Equal(byHand, Bytes(statement));
        Assert.Equal(Blake3.Hash(byHand), statement.Digest());
        Assert.True(RootStatement.TryRead(byHand, out RootStatement read));
        Assert.Equal(statement, read);
    }

    [Fact]
    public void TryRead_WhatNoStatementCanBe_IsRefused()
    {
        Assert.False(RootStatement.TryRead(Bytes(Statement()).AsSpan(0, 223), out _));
        Assert.False(RootStatement.TryRead([.. Bytes(Statement()), 0], out _));
        Assert.False(RootStatement.TryRead(Bytes(Statement() with { Translucency = 161 }), out _));
        Assert.False(RootStatement.TryRead(Bytes(Statement() with { TimeSequence = TimeSequence.Zero }), out _));
        Assert.False(RootStatement.TryRead(Bytes(Statement() with { TimeSequence = new TimeSequence(1) }), out _));
        Assert.False(RootStatement.TryRead(Bytes(Statement() with { Previous = default }), out _));
        Assert.True(RootStatement.TryRead(Bytes(Statement() with { TimeSequence = new TimeSequence(1), Previous = default }), out _));
        byte[] tag = Bytes(Statement());
        tag[7] ^= 1;
        Assert.False(RootStatement.TryRead(tag, out _));
        Assert.False(RootStatement.TryRead(new byte[224], out _));
    }

    [Fact]
    public void Committee_WrittenByHand_HashesAsTheProtocolSays()
    {
        byte[][] sorted = [.. Keys.Select(static key => key.PublicKey.AsSpan().ToArray()).OrderBy(Convert.ToHexString, StringComparer.Ordinal)];
        byte[] byHand = [3, 0, 0, 0, 4, 0, 0, 0, .. sorted.SelectMany(static key => key)];
        byte[] tag = new byte[32];
        Encoding.ASCII.GetBytes("LC1comit", tag);
        Assert.Equal(Blake3.KeyedHash(tag, byHand), Committee.Digest);
        Assert.Equal(CommitteeFault.None, Committee.TryRead(byHand, out Committee? read));
        Assert.Equal(Committee.Digest, read!.Digest);
        Assert.Equal(Committee.Digest, CommitteeOf(3, [.. Keys.Reverse()]).Digest);
        Assert.NotEqual(Committee.Digest, CommitteeOf(2, Keys).Digest);
        Assert.All(Keys, key => Assert.Equal(sorted[Committee.IndexOf(key.PublicKey)], key.PublicKey.AsSpan().ToArray()));
        Assert.Equal(-1, Committee.IndexOf(Samples.Alice.PublicKey));
    }

    [Fact]
    public void Committee_ThatIsNone_SaysWhatIsWrong()
    {
        PublicKey[] keys = [.. Keys.Select(static key => key.PublicKey)];
        Assert.Equal(CommitteeFault.Count, Committee.TryCreate(1, [], out _));
        Assert.Equal(CommitteeFault.Count, Committee.TryCreate(1, Enumerable.Repeat(keys[0], 257), out _));
        Assert.Equal(CommitteeFault.Threshold, Committee.TryCreate(0, keys, out _));
        Assert.Equal(CommitteeFault.Threshold, Committee.TryCreate(5, keys, out _));
        Assert.Equal(CommitteeFault.Order, Committee.TryCreate(1, [keys[0], keys[0]], out _));
        Assert.Equal(CommitteeFault.SmallOrderKey, Committee.TryCreate(1, [default], out _));

        byte[] bytes = new byte[Committee.SizeBytes];
        Committee.CopyTo(bytes);
        Assert.Equal(CommitteeFault.Length, Committee.TryRead(bytes.AsSpan(0, 7), out _));
        Assert.Equal(CommitteeFault.Length, Committee.TryRead(bytes.AsSpan(0, bytes.Length - 1), out _));
        Assert.Equal(CommitteeFault.Order, Committee.TryRead([.. bytes[..8], .. bytes[40..72], .. bytes[8..40], .. bytes[72..]], out _));
        bytes[3] = 0xFF;
        Assert.Equal(CommitteeFault.Threshold, Committee.TryRead(bytes, out _));
        bytes[7] = 0xFF;
        Assert.Equal(CommitteeFault.Count, Committee.TryRead(bytes, out _));
    }

    [Fact]
    public void Verify_EnoughGoodSignatures_IsValidInEitherForm()
    {
        SignedStatement signed = Signed(0, 1, 3);
        Assert.Equal(StatementVerdict.Valid, signed.Verify(Committee));
        byte[] bytes = Bytes(signed);
        Assert.Equal(232 + (3 * 72), bytes.Length);
        Assert.True(SignedStatement.TryRead(bytes, out SignedStatement? read));
        Assert.Equal(bytes, Bytes(read));
        Assert.True(StatementJson.TryRead(Json(writer => StatementJson.Write(writer, signed)), out SignedStatement? parsed, out string? field), field);
        Assert.Equal(bytes, Bytes(parsed));
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsNotValid()
    {
        byte[] bytes = Bytes(Signed(0, 1, 2));
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(
                SignedStatement.TryRead(bytes, out SignedStatement? signed) && signed.Verify(Committee) == StatementVerdict.Valid, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.False(SignedStatement.TryRead(bytes.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Verify_SignaturesThatDoNotCount_AreNamed()
    {
        Assert.Equal(StatementVerdict.TooFewSignatures, Signed(0, 1).Verify(Committee));
        Assert.Equal(StatementVerdict.OtherCommittee, Signed(0, 1, 2).Verify(CommitteeOf(2, Keys)));
        StatementSignature[] good = [.. Signed(0, 1, 2, 3).Signatures];
        Assert.Equal(StatementVerdict.UnknownSigner, Take(good[0], good[1], good[2], good[3] with { SignerIndex = 4 }).Verify(Committee));
        Assert.Equal(StatementVerdict.BadSignature, Take(good[0], good[1], good[2] with { SignerIndex = 3 }).Verify(Committee));
        Assert.False(SignedStatement.TryCreate(Statement(), [good[0], good[0], good[1]], out _));
    }

    [Theory]
    [InlineData("translucency", "161", "translucency")]
    [InlineData("timeSequence", "\"0\"", "previous")]
    [InlineData("timeSequence", "1", "previous")]
    [InlineData("signatures", "[{}]", "signatures[0].signer")]
    [InlineData("signatures", "[7]", "signatures")]
    [InlineData("signatures", "{}", "signatures")]
    [InlineData("root", "\"00\"", "root")]
    [InlineData("extra", "1", "extra")]
    public void Json_StatementThatIsNone_IsRefusedByName(string name, string value, string refusal)
    {
        JsonNode json = JsonNode.Parse(Json(writer => StatementJson.Write(writer, Signed(0, 1, 2))))!;
        json[name] = JsonNode.Parse(value);
        Assert.False(StatementJson.TryRead(Encoding.UTF8.GetBytes(json.ToJsonString()), out SignedStatement? _, out string? field));
        Assert.Equal(refusal, field);
    }

    [Fact]
    public void Json_Committee_ComesBackOrIsRefusedByName()
    {
        byte[] json = Json(static writer => StatementJson.Write(writer, Committee));
        Assert.True(StatementJson.TryRead(json, out Committee? read, out _));
        Assert.Equal(Committee.Digest, read.Digest);

        Assert.Equal("threshold", CommitteeRefusal("{\"threshold\":2,\"keys\":[\"" + Samples.Alice.PublicKey + "\"]}"));
        Assert.Equal("threshold", CommitteeRefusal("{\"threshold\":0,\"keys\":[\"" + Samples.Alice.PublicKey + "\"]}"));
        Assert.Equal("threshold", CommitteeRefusal("{\"keys\":[]}"));
        Assert.Equal("keys", CommitteeRefusal("{\"threshold\":1,\"keys\":[]}"));
        Assert.Equal("keys[0]", CommitteeRefusal("{\"threshold\":1,\"keys\":[\"xx\"]}"));
        Assert.Equal("keys", CommitteeRefusal("{\"threshold\":1,\"keys\":3}"));
        Assert.StartsWith("(no JSON", CommitteeRefusal("{"), StringComparison.Ordinal);
    }

    private static string CommitteeRefusal(string json)
    {
        Assert.False(StatementJson.TryRead(Encoding.UTF8.GetBytes(json), out Committee? _, out string? field));
        return field;
    }

    private static RootStatement Statement() => new()
    {
        Ledger = Samples.Ledger,
        Translucency = 8,
        TimeSequence = new TimeSequence(7),
        Beat = new BeatNumber(2, 5),
        Timestamp = new Timestamp(1234),
        Previous = Blake3.Hash([1]),
        Root = Blake3.Hash([2]),
        Sum = new Amount(1_000_000),
        Windows = Blake3.Hash([3]),
        Committee = Committee.Digest,
        Parameters = Blake3.Hash([5]),
    };

    private static SignedStatement Signed(params uint[] signers) => Take([.. signers.Select(signer =>
        StatementSignature.Sign(Statement(), signer, Keys.Single(key => key.PublicKey == Committee.Keys[(int)signer])))]);

    private static SignedStatement Take(params StatementSignature[] signatures)
    {
        Assert.True(SignedStatement.TryCreate(Statement(), signatures, out SignedStatement? signed));
        return signed;
    }

    private static Committee CommitteeOf(int threshold, PrivateKey[] keys)
    {
        Assert.Equal(CommitteeFault.None, Committee.TryCreate(threshold, keys.Select(static key => key.PublicKey), out Committee? committee));
        return committee!;
    }

    private static byte[] Bytes(RootStatement statement)
    {
        byte[] bytes = new byte[RootStatement.SizeBytes];
        statement.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Bytes(SignedStatement signed)
    {
        byte[] bytes = new byte[signed.SizeBytes];
        signed.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
