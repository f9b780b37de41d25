using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed class TransferJsonTests
{
    public static TheoryData<string> Names => [.. Samples.Frames.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_WhatWriteWrote_IsTheSameFrame(string name)
    {
        byte[] frame = Samples.Frames[name];
        Assert.Equal(frame, Read(Json(frame)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_FieldsInAnyOrderAndSpacing_IsTheSameFrame(string name)
    {
        byte[] frame = Samples.Frames[name];
        JsonObject reversed = (JsonObject)Reversed(JsonNode.Parse(Json(frame))!);
        Assert.Equal(frame, Read(Encoding.UTF8.GetBytes(reversed.ToJsonString(new JsonSerializerOptions { WriteIndented = true }))));
    }

    [Fact]
    public void Write_Pay_ReadsAsTheProtocolShows()
    {
        JsonNode pay = JsonNode.Parse(Json(Samples.Frames["pay, standing"]))!;
        Assert.Equal("pay", (string)pay["kind"]!);
        Assert.Equal(Samples.Ledger.ToString(), (string)pay["ledger"]!);
        Assert.Equal("120", (string)pay["amount"]!);
        Assert.Equal("9", (string)pay["nonce"]!);
        Assert.Equal("1760000060000", (string)pay["expiry"]!);
        Assert.Equal("010000000000000000000000000000ee", (string)pay["reference"]!);
        Assert.Equal(Samples.Alice.PublicKey.ToString(), (string)pay["signer"]!["key"]!);
        Assert.Equal("1000", (string)pay["acceptance"]!["standing"]!["largestAmount"]!);
        Assert.Equal(Samples.Id(Samples.Alice).ToString(), (string)pay["acceptance"]!["standing"]!["payer"]!);
    }

    [Fact]
    public void TryRead_NumbersAsJsonIntegersAndUpperCaseHex_AreTaken()
    {
        byte[] frame = Samples.Frames["pay, signed"];
        JsonNode pay = JsonNode.Parse(Json(frame))!;
        pay["amount"] = 120;
        pay["nonce"] = 9;
        pay["sender"] = ((string)pay["sender"]!).ToUpperInvariant();
        Assert.Equal(frame, Read(Encoding.UTF8.GetBytes(pay.ToJsonString())));
    }

    [Fact]
    public void TryRead_NoReference_IsZero()
    {
        byte[] frame = Samples.Pay(Samples.Body(TransferKind.Pay) with { Reference = default });
        JsonObject pay = JsonNode.Parse(Json(frame))!.AsObject();
        pay.Remove("reference");
        Assert.Equal(frame, Read(Encoding.UTF8.GetBytes(pay.ToJsonString())));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_FieldMissingOrTwiceOrOfAnotherType_IsRefusedByName(string name)
    {
        byte[] json = Json(Samples.Frames[name]);
        foreach (string path in PathsOf(JsonNode.Parse(json)!, ""))
        {
            if (path.EndsWith("reference", StringComparison.Ordinal) || path.EndsWith("payer", StringComparison.Ordinal)
                || path.EndsWith("controller", StringComparison.Ordinal))
            {
                continue;
            }

            // Without its standing acceptance, an acceptance lacks a signature.
            string expected = path.EndsWith(".standing", StringComparison.Ordinal) ? path.Replace("standing", "signature", StringComparison.Ordinal) : path;
            Assert.StartsWith(expected, Refusal(Changed(json, path, static (parent, field) => parent.Remove(field))), StringComparison.Ordinal);
        }

        foreach (string path in PathsOf(JsonNode.Parse(json)!, ""))
        {
            string?[] wrong = ["null", "true", "[]", "[1]", "{}", "\"\"", "\"x\"", "-1", "1.5", "1e3", "18446744073709551616", "\"+1\"", "\" 1\"", "\"007\""];
            foreach (string? value in wrong)
            {
                string refusal = Refusal(Changed(json, path, (parent, field) => parent[field] = JsonNode.Parse(value!)));
                Assert.StartsWith(path, refusal, StringComparison.Ordinal);
            }

            string twice = Encoding.UTF8.GetString(Changed(json, path, static (parent, field) => parent[field + "~"] = parent[field]!.DeepClone()))
                .Replace("~\"", "\"", StringComparison.Ordinal);
            Assert.Equal(path, Refusal(Encoding.UTF8.GetBytes(twice)));
            byte[] unknown = Changed(json, path, static (parent, _) => parent["other"] = 1);
            Assert.EndsWith("other", Refusal(unknown), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("pay, signed", "hold", "{\"expiry\":1}", "hold")]
    [InlineData("pay, signed", "held", "1", "held")]
    [InlineData("pay, signed", "items", "[]", "items")]
    [InlineData("pay, signed", "nonce", "0", "nonce")]
    [InlineData("pay, signed", "kind", "\"bundle item\"", "kind")]
    [InlineData("pay, signed", "kind", "\"\"", "kind")]
    [InlineData("pay, signed", "kind", "\"issue\"", "acceptance")]
    [InlineData("pay, signed", "receiver", "\"0000000000000000000000000000000000000000\"", "receiver")]
    [InlineData("pay, signed", "sender", "\"0000000000000000000000000000000000000000\"", "sender")]
    [InlineData("release", "amount", "1", "amount")]
    [InlineData("bundle", "amount", "151", "amount")]
    [InlineData("bundle", "kind", "\"issue-bundle\"", "items[0].acceptance")]
    [InlineData("issue bundle", "kind", "\"bundle\"", "items[0].acceptance")]
    [InlineData("bundle", "items", "[3]", "items")]
    [InlineData("bundle", "items", "[{}]", "items[0].receiver")]
    public void TryRead_FieldThatDoesNotFit_IsRefusedByName(string name, string field, string value, string refusal)
    {
        byte[] json = Changed(Json(Samples.Frames[name]), field, (parent, last) => parent[last] = JsonNode.Parse(value));
        Assert.Equal(refusal, Refusal(json));
    }

    [Fact]
    public void TryRead_BothSignatureAndStanding_IsRefused()
    {
        byte[] json = Changed(Json(Samples.Frames["pay, standing"]), "acceptance.signature", static (parent, field) => parent[field] = new string('0', 128));
        Assert.Equal("acceptance.standing", Refusal(json));
    }

    [Fact]
    public void TryRead_MoreItemsThanABundleHas_IsRefusedByName()
    {
        byte[] json = Json(Samples.IssueBundle([.. Enumerable.Repeat(9UL, FrameLayout.ItemCountMax)]));
        Assert.Equal(FrameLayout.ItemsOffset + (FrameLayout.ItemCountMax * FrameLayout.ItemBytes), Read(json).Length);
        byte[] more = Changed(json, "items", static (parent, field) => parent[field]!.AsArray().Add(parent[field]![0]!.DeepClone()));
        Assert.Equal("items[1024]", Refusal(more));
    }

    [Fact]
    public void TryRead_SumBeyondSixtyFourBits_IsAWellFormedFrameThatOverflows()
    {
        byte[] json = Changed(Json(Samples.Frames["issue bundle"]), "items[0].amount", static (parent, field) => parent[field] = "18446744073709551615");
        Assert.Equal(Outcome.AmountOverflow, FrameCheck.Check(Read(json)).Outcome);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"kind\":\"pay\"} {}")]
    [InlineData("{\"kind\":\"pay\",}")]
    [InlineData("// no\n{}")]
    [InlineData("{\"k\\u0069nd\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"amount\":1e999999999}")]
    [InlineData("\u0000")]
    public void TryRead_NoTransferAtAll_IsRefused(string text) => Refusal(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void TryRead_DeepOrBrokenUtf8_IsRefused()
    {
        Refusal(Encoding.UTF8.GetBytes("{\"items\":" + new string('[', 100_000)));
        Refusal([.. "{\"kind\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);
        Refusal([.. "{\""u8, 0xC0, 0x80, .. "\":1}"u8]);
        Refusal([0xEF, 0xBB, 0xBF, .. Json(Samples.Frames["release"])]);
    }

    [Fact]
    public void TryRead_UnknownName_IsEchoedHarmlessly() =>
        Assert.Equal(new string('a', 30) + "?b", Refusal(Encoding.UTF8.GetBytes("{\"" + new string('a', 30) + "\u0007bcdef\":1}".Replace("\u0007", "<", StringComparison.Ordinal))));

    [Theory]
    [MemberData(nameof(Names))]
    public void TryRead_CutAnywhere_IsRefused(string name)
    {
        byte[] json = Json(Samples.Frames[name]);
        for (int length = 0; length < json.Length; length += 3)
        {
            Refusal(json[..length]);
        }
    }

    [Fact]
    public void TryRead_HundredThousandMangledDocuments_NoneThrows()
    {
        Random random = new(99);
        byte[][] good = [.. Samples.Frames.Values.Select(Json)];
        byte[] letters = "{}[]\",:0123456789abcdefgx\\ -"u8.ToArray();
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        int accepted = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] json = [.. good[random.Next(good.Length)]];
            int at = random.Next(json.Length);
            if (i % 8 == 0)
            {
                random.NextBytes(json.AsSpan(at, Math.Min(8, json.Length - at)));
            }
            else
            {
                // Digits for digits more often than not: what stays JSON gets further.
                json[at] = letters[i % 2 == 0 ? random.Next(10, 20) : random.Next(letters.Length)];
            }

            bool isTransfer = TransferJson.TryRead(json, frame, out int length, out string? field);
            Assert.Equal(isTransfer, field is null);
            if (isTransfer)
            {
                Assert.NotEqual(Outcome.Malformed, FrameCheck.Check(frame.AsSpan(0, length)).Outcome);
                accepted++;
            }
        }

        Assert.InRange(accepted, 1_000, 99_000);
    }

    private static byte[] Json(byte[] frame)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            TransferJson.Write(writer, new TransferFrame(frame));
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Read(byte[] json)
    {
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        Array.Fill(frame, (byte)0xCC);
        Assert.True(TransferJson.TryRead(json, frame, out int length, out string? field), field);
        return frame[..length];
    }

    private static string Refusal(byte[] json)
    {
        Assert.False(TransferJson.TryRead(json, new byte[FrameLayout.FrameBytesMax], out _, out string? field));
        return field;
    }

    private static JsonNode Reversed(JsonNode node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Reverse().Select(static field => KeyValuePair.Create(field.Key, (JsonNode?)Reversed(field.Value!)))),
        JsonArray items => new JsonArray([.. items.Select(static item => Reversed(item!))]),
        _ => node.DeepClone(),
    };

    private static IEnumerable<string> PathsOf(JsonNode node, string prefix) => node switch
    {
        JsonObject fields => fields.SelectMany(field =>
            PathsOf(field.Value!, $"{prefix}{field.Key}.").Prepend($"{prefix}{field.Key}")),
        JsonArray items => items.Take(2).SelectMany((item, i) => PathsOf(item!, $"{prefix[..^1]}[{i}].")),
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
            parent = bracket < 0
                ? parent[step]!
                : parent[step[..bracket]]![int.Parse(step[(bracket + 1)..^1])]!;
        }

        change(parent.AsObject(), steps[^1]);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
