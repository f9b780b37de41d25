using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Transfers;

namespace LeitherCluster.Tests.Ledger.Receipts;

public sealed class ReceiptTests : IDisposable
{
    private readonly ReceiptScene _scene = new();

    /// <summary>Every sample transfer, and every item of the bundles.</summary>
    public static TheoryData<string, int> Transfers
    {
        get
        {
            TheoryData<string, int> transfers = [];
            foreach ((string name, byte[] frame) in Samples.Frames)
            {
                for (int item = 0; item < Math.Max((ushort)1, new TransferFrame(frame).Body.ItemNumber); item++)
                {
                    transfers.Add(name, item);
                }
            }

            return transfers;
        }
    }

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(Transfers))]
    public void Verify_GoodReceiptOfEitherParty_SaysWhoPaidWhomHowMuchAndWhen(string name, int item)
    {
        PrivateKey receiver = name.Contains("bundle", StringComparison.Ordinal) && item % 2 == 1 ? Samples.Carol : Samples.Bob;
        PrivateKey sender = name.StartsWith("issue", StringComparison.Ordinal) ? Samples.Organization : Samples.Alice;
        foreach (PrivateKey party in (PrivateKey[])[sender, receiver])
        {
            Receipt receipt = _scene.ReceiptOf(name, item, party);
            Assert.Equal(ReceiptVerdict.Valid, Verify(receipt.ToBytes(), out ReceiptFindings? findings));
            TransferBody body = receipt.Transfer.Body;
            Assert.Equal(Samples.Id(sender), findings!.Sender);
            Assert.Equal(Samples.Id(receiver), findings.Receiver);
            Assert.Equal(body.Amount, findings.Amount);
            Assert.Equal(body.Reference, findings.Reference);
            Assert.Equal(new TransferFrame(Samples.Frames[name]).Kind, findings.Kind);
            Assert.Equal(receipt.Transfer.Id, findings.TransferId);
            Assert.Equal(new TimeSequence(42), findings.TimeSequence);
            Assert.Equal(new BeatNumber(3, 99), findings.Beat);
            Assert.Equal(new Timestamp(Samples.Now.UnixMs + 2_000), findings.Timestamp);
            Assert.Equal(Samples.Id(sender).Prefix(2), findings.Position.Branch);
            Assert.Equal(new Amount(777), findings.Account!.Value.Balance);
            Assert.Equal(Samples.Id(party), findings.Account.Value.Id);
        }
    }

    [Theory]
    [MemberData(nameof(Transfers))]
    public void TryRead_BinaryAndJson_ComeBackTheSame(string name, int item)
    {
        Receipt receipt = _scene.ReceiptOf(name, item, Samples.Bob);
        foreach (Receipt form in (Receipt[])[receipt, receipt.WithoutAccount()])
        {
            byte[] bytes = form.ToBytes();
            Assert.True(Receipt.TryRead(bytes, out Receipt? read));
            Assert.Equal(bytes, read.ToBytes());
            Assert.True(ReceiptJson.TryRead(Json(form), out Receipt? parsed, out string? field), field);
            Assert.Equal(bytes, parsed.ToBytes());
        }
    }

    [Fact]
    public void Verify_WithoutAccount_ShowsTheTransferAndNoBalance()
    {
        byte[] bytes = _scene.ReceiptOf("pay, signed", 0, Samples.Alice).WithoutAccount().ToBytes();
        Assert.Equal(ReceiptVerdict.Valid, Verify(bytes, out ReceiptFindings? findings));
        Assert.Null(findings!.Account);
        Assert.Equal(new Amount(120), findings.Amount);
    }

    [Theory]
    [InlineData("bundle", 2, 1)]
    [InlineData("pay, signed", 0, 5)]
    [InlineData("pay, standing", 0, 5)]
    [InlineData("issue", 0, 5)]
    [InlineData("issue bundle", 2, 5)]
    public void Verify_OneBitFlipped_IsNotValid(string name, int item, int step)
    {
        byte[] bytes = _scene.ReceiptOf(name, item, Samples.Bob).ToBytes();
        Assert.Equal(ReceiptVerdict.Valid, Verify(bytes, out _));
        for (int bit = 0; bit < 8 * bytes.Length; bit += step)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(Verify(bytes, out ReceiptFindings? findings) != ReceiptVerdict.Valid && findings is null, $"byte {bit / 8}, bit {bit % 8}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData("pay, standing", 0)]
    [InlineData("bundle", 1)]
    public void Verify_CutOrExtended_IsMalformed(string name, int item)
    {
        byte[] bytes = _scene.ReceiptOf(name, item, Samples.Bob).ToBytes();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(ReceiptVerdict.Malformed, Verify(bytes[..length], out _));
        }

        Assert.Equal(ReceiptVerdict.Malformed, Verify([.. bytes, 0], out _));
        Assert.Equal(ReceiptVerdict.Malformed, Verify(new byte[Receipt.SizeBytesMax + 1], out _));
    }

    [Fact]
    public void Verify_RandomBytesAndLengths_NeverThrows()
    {
        Random random = new(5);
        byte[] good = _scene.ReceiptOf("bundle", 2, Samples.Bob).ToBytes();
        for (int i = 0; i < 5_000; i++)
        {
            byte[] bytes = [.. good];
            int at = random.Next(0, 32 + (i % 2 * (bytes.Length - 32)));
            random.NextBytes(bytes.AsSpan(at, Math.Min(random.Next(1, 9), bytes.Length - at)));
            Assert.True(Verify(bytes, out _) != ReceiptVerdict.Valid || bytes.AsSpan().SequenceEqual(good));
        }
    }

    [Fact]
    public void Verify_OtherLedgerOrCommittee_IsNamed()
    {
        Receipt receipt = _scene.ReceiptOf("pay, signed", 0, Samples.Bob);
        Assert.Equal(ReceiptVerdict.OtherLedger, ReceiptVerifier.Verify(receipt, _scene.Committee, default, out _));
        Committee.TryCreate(1, ReceiptScene.Signers.Select(static key => key.PublicKey), out Committee? lower);
        Assert.Equal(ReceiptVerdict.OtherCommittee, ReceiptVerifier.Verify(receipt, lower!, ReceiptScene.Ledger, out _));
    }

    [Fact]
    public void Verify_StatementSignatures_AreCountedAndHeldToTheCommittee()
    {
        Receipt good = _scene.ReceiptOf("pay, signed", 0, Samples.Bob);
        RootStatement statement = good.Statement.Statement;
        Assert.Equal(ReceiptVerdict.TooFewSignatures, VerifyWith(good, _scene.Sign(statement, 1)));
        Assert.Equal(ReceiptVerdict.TooFewSignatures, VerifyWith(good, _scene.Sign(statement)));
        Assert.Equal(ReceiptVerdict.Valid, VerifyWith(good, _scene.Sign(statement, 0, 1, 2)));

        StatementSignature first = StatementSignature.Sign(statement, 0, Samples.Carol);
        StatementSignature unknown = StatementSignature.Sign(statement, 3, Samples.Carol);
        SignedStatement.TryCreate(statement, [first, unknown], out SignedStatement? withUnknown);
        Assert.Equal(ReceiptVerdict.UnknownSigner, VerifyWith(good, withUnknown!));
        SignedStatement.TryCreate(statement, [first, .. _scene.Sign(statement, 0, 1, 2).Signatures[1..]], out SignedStatement? withBad);
        Assert.Equal(ReceiptVerdict.BadStatementSignature, VerifyWith(good, withBad!));
        Assert.False(SignedStatement.TryCreate(statement, [first, first], out _));
    }

    [Fact]
    public void Verify_TransferThatCannotHaveTakenEffectThen_IsNamed()
    {
        Receipt good = _scene.ReceiptOf("pay, standing", 0, Samples.Bob);
        RootStatement statement = good.Statement.Statement;
        Assert.Equal(ReceiptVerdict.Valid, VerifyWith(good, _scene.Sign(statement with { Timestamp = Samples.Soon }, 0, 1)));
        RootStatement late = statement with { Timestamp = new Timestamp(Samples.Soon.UnixMs + 1) };
        Assert.Equal(ReceiptVerdict.Expired, VerifyWith(good, _scene.Sign(late, 0, 1)));

        // The transfer itself would still do, its standing acceptance or its hold would not.
        TransferBody longer = Samples.Body(TransferKind.Pay) with { Expiry = new Timestamp(Samples.Soon.UnixMs + 9) };
        Assert.Equal(ReceiptVerdict.Expired, VerifyFrame(good, Samples.PayStanding(longer, Samples.Terms()), late));
        Assert.Equal(ReceiptVerdict.NotInWindows, VerifyFrame(good, Samples.Pay(longer), late));
        byte[] reserve = Samples.Reserve(longer with { Kind = TransferKind.Reserve }, Samples.HoldTerms() with { Expiry = Samples.Soon });
        Assert.Equal(ReceiptVerdict.Expired, VerifyFrame(good, reserve, late));
    }

    [Fact]
    public void Verify_AnotherTransferInItsPlace_IsNamed()
    {
        Receipt good = _scene.ReceiptOf("pay, signed", 0, Samples.Bob);
        RootStatement statement = good.Statement.Statement;
        TransferBody body = Samples.Body(TransferKind.Pay);
        Assert.Equal(ReceiptVerdict.NotInWindows, VerifyFrame(good, Samples.Pay(body with { Amount = new Amount(121) }), statement));
        Assert.Equal(ReceiptVerdict.TransferOfOtherLedger, VerifyFrame(good, Samples.Pay(body with { Ledger = default }), statement));

        byte[] badSender = [.. Samples.Frames["pay, signed"]];
        badSender[150] ^= 1;
        Assert.Equal(ReceiptVerdict.BadSignature, VerifyFrame(good, badSender, statement));
        byte[] badReceiver = [.. Samples.Frames["pay, signed"]];
        badReceiver[^1] ^= 1;
        Assert.Equal(ReceiptVerdict.NotAccepted, VerifyFrame(good, badReceiver, statement));
        byte[] wrongKey = Samples.Frame(frame => TransferBuilder.Pay(
            frame, body, Samples.Carol, Acceptance.BySignature(Samples.Bob.PublicKey, TransferBuilder.Sign(body, Samples.Bob))));
        Assert.Equal(ReceiptVerdict.BadSignature, VerifyFrame(good, wrongKey, statement));
        byte[] notCovered = Samples.PayStanding(body, Samples.Terms() with { LargestAmount = new Amount(119) });
        Assert.Equal(ReceiptVerdict.NotAccepted, VerifyFrame(good, notCovered, statement));
        byte[] forged = Samples.Frame(frame => TransferBuilder.Issue(frame, Samples.Body(TransferKind.Issue), Samples.Alice));
        Assert.Equal(ReceiptVerdict.BadSignature, VerifyFrame(good, forged, statement));
    }

    [Fact]
    public void Verify_ItemThatTheBundleDoesNotHave_IsNamed()
    {
        Receipt good = _scene.ReceiptOf("issue bundle", 1, Samples.Carol);
        byte[] bytes = good.Transfer.Bytes.ToArray();
        bytes[240 + 24]++;
        Assert.True(TransferEvidence.TryRead(TransferEvidenceForm.BundleItem, bytes, out TransferEvidence? richer));
        Assert.Equal(good.Transfer.Id, richer.Id);
        Receipt forged = new(good.Statement, good.Account, richer, good.Path);
        Assert.Equal(ReceiptVerdict.NotInBundle, Verify(forged.ToBytes(), out _));
    }

    [Fact]
    public void Verify_SomebodyElsesAccount_IsNamed()
    {
        Receipt good = _scene.ReceiptOf("pay, signed", 0, Samples.Bob);
        Assert.Equal(ReceiptVerdict.AccountOfNeither, Verify(_scene.ReceiptOf("pay, signed", 0, Samples.Carol).ToBytes(), out _));

        // The arbiter has no account, though it may post: a proof of absence is no party's record.
        TransferBody toNobody = Samples.Body(TransferKind.Pay) with { Receiver = Samples.Id(Samples.Arbiter) };
        byte[] frame = Samples.Frame(bytes => TransferBuilder.Pay(
            bytes, toNobody, Samples.Alice, Acceptance.BySignature(Samples.Arbiter.PublicKey, TransferBuilder.Sign(toNobody, Samples.Arbiter))));
        TransferEvidence evidence = TransferEvidence.OfFrame(new TransferFrame(frame));
        WindowPath path = good.Path;
        RootStatement statement = good.Statement.Statement with { Windows = path.RootFrom(evidence.Id) };
        Receipt absent = new(_scene.Sign(statement, 0, 1), _scene.ProofOf(Samples.Id(Samples.Arbiter)), evidence, path);
        Assert.Equal(ReceiptVerdict.AccountNotProven, Verify(absent.ToBytes(), out _));
        Receipt present = new(_scene.Sign(statement, 0, 1), _scene.ProofOf(Samples.Id(Samples.Alice)), evidence, path);
        Assert.Equal(ReceiptVerdict.Valid, Verify(present.ToBytes(), out _));
        Receipt otherRoot = new(_scene.Sign(statement with { Sum = new Amount(1) }, 0, 1), present.Account, evidence, path);
        Assert.Equal(ReceiptVerdict.AccountNotProven, Verify(otherRoot.ToBytes(), out _));
    }

    [Fact]
    public void OfFrame_Bundle_IsRefused()
    {
        byte[] bundle = Samples.Frames["bundle"];
        Assert.Throws<ArgumentException>(() => TransferEvidence.OfFrame(new TransferFrame(bundle)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TransferEvidence.OfBundleItem(new TransferFrame(bundle), 5));
        Assert.False(TransferEvidence.TryRead(TransferEvidenceForm.Frame, bundle, out _));
    }

    [Theory]
    [InlineData("pay, signed", 0)]
    [InlineData("bundle", 3)]
    public void Json_FieldMissingOrOfAnotherType_IsRefusedByName(string name, int item)
    {
        byte[] json = Json(_scene.ReceiptOf(name, item, Samples.Bob));
        foreach (string path in PathsOf(JsonNode.Parse(json)!, ""))
        {
            // The account proof is read by its own rules, as a whole.
            string expected = path.StartsWith("account", StringComparison.Ordinal) ? "account" : path;
            foreach (string value in (string[])["null", "\"x\"", "-1", "[[]]"])
            {
                byte[] changed = Changed(json, path, (parent, field) => parent[field] = JsonNode.Parse(value));
                Assert.False(ReceiptJson.TryRead(changed, out _, out string? field));
                Assert.StartsWith(expected, field, StringComparison.Ordinal);
            }

            byte[] without = Changed(json, path, static (parent, field) => parent.Remove(field));
            bool isOptional = path is "account" || path.EndsWith("reference", StringComparison.Ordinal);
            bool isRead = ReceiptJson.TryRead(without, out _, out string? missing);
            Assert.Equal(isOptional, isRead);
            if (!isRead)
            {
                // What is missing is named, or the alternative to it, or the whole that cannot do without it.
                string named = path switch
                {
                    "bundleItem" => "transfer",
                    "bundleItem.item.acceptance" => "bundleItem.item",
                    _ => expected,
                };
                Assert.StartsWith(named, missing, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Json_OfABundleFrame_IsRefused()
    {
        byte[] json = Json(_scene.ReceiptOf("pay, signed", 0, Samples.Bob));
        foreach (ulong[] amounts in (ulong[][])[[9], [9, 9], [9, 9, 9, 9, 9, 9, 9, 9, 9]])
        {
            ArrayBufferWriter<byte> bundle = new();
            using (Utf8JsonWriter writer = new(bundle))
            {
                TransferJson.Write(writer, new TransferFrame(Samples.IssueBundle(amounts)));
            }

            byte[] changed = Changed(json, "transfer", (parent, field) => parent[field] = JsonNode.Parse(bundle.WrittenSpan));
            Assert.False(ReceiptJson.TryRead(changed, out _, out string? field));
            Assert.StartsWith("transfer", field, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Json_MangledAnywhere_NeverThrowsAndNeverShowsAnythingElse()
    {
        Random random = new(8);
        Receipt good = _scene.ReceiptOf("bundle", 3, Samples.Carol);
        byte[] json = Json(good);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] changed = [.. json];
            changed[random.Next(changed.Length)] = "{}[]\",:0123456789abcdef\\"u8[random.Next(24)];
            bool isRead = ReceiptJson.TryRead(changed, out Receipt? receipt, out string? field);
            Assert.Equal(isRead, field is null);
            if (isRead && Verify(receipt!.ToBytes(), out _) == ReceiptVerdict.Valid)
            {
                Assert.Equal(good.ToBytes(), receipt!.ToBytes());
            }
        }
    }

    [Fact]
    public void ToBytes_Header_IsWhatTheProtocolSays()
    {
        Receipt receipt = _scene.ReceiptOf("pay, signed", 0, Samples.Bob);
        byte[] bytes = receipt.ToBytes();
        Assert.Equal("LC1recpt", Encoding.ASCII.GetString(bytes, 0, 8));
        Assert.Equal(232 + (2 * 72), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)));
        Assert.Equal(receipt.Account!.ToBytes().Length, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12)));
        Assert.Equal(304, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(16)));
        Assert.Equal(receipt.Path.SizeBytes, BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(20)));
        Assert.Equal(1UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(24)));
        Assert.Equal(Samples.Frames["pay, signed"], bytes[(32 + 376 + receipt.Account.ToBytes().Length)..][..304]);
    }

    private static byte[] Json(Receipt receipt)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            ReceiptJson.Write(writer, receipt);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static IEnumerable<string> PathsOf(JsonNode node, string prefix) => node switch
    {
        JsonObject fields => fields.SelectMany(field =>
            PathsOf(field.Value!, $"{prefix}{field.Key}.").Prepend($"{prefix}{field.Key}")),
        JsonArray items => items.Take(1).SelectMany((item, i) => PathsOf(item!, $"{prefix[..^1]}[{i}].")),
        _ => [],
    };

    private static byte[] Changed(byte[] json, string path, Action<JsonObject, string> change)
    {
        JsonNode root = JsonNode.Parse(json)!;
        JsonNode parent = root;
        string[] steps = path.Split('.');
        foreach (string step in steps[..^1])
        {
            int bracket = step.IndexOf('[', StringComparison.Ordinal);
            parent = bracket < 0 ? parent[step]! : parent[step[..bracket]]![int.Parse(step[(bracket + 1)..^1])]!;
        }

        change(parent.AsObject(), steps[^1]);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    private ReceiptVerdict Verify(byte[] bytes, out ReceiptFindings? findings) =>
        ReceiptVerifier.Verify(bytes, _scene.Committee, ReceiptScene.Ledger, out findings);

    private ReceiptVerdict VerifyWith(Receipt receipt, SignedStatement statement) =>
        Verify(new Receipt(statement, receipt.Account, receipt.Transfer, receipt.Path).ToBytes(), out _);

    private ReceiptVerdict VerifyFrame(Receipt receipt, byte[] frame, RootStatement statement) => Verify(
        new Receipt(_scene.Sign(statement, 0, 1), receipt.Account, TransferEvidence.OfFrame(new TransferFrame(frame)), receipt.Path).ToBytes(), out _);
}
