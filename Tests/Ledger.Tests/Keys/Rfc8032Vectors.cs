using System.Text.Json;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Keys;

/// <summary>The published known answers of Ed25519, from rfc8032-vectors.json.</summary>
internal static class Rfc8032Vectors
{
    public static IReadOnlyList<Case> Cases { get; } = Load();

    public static Case Short => Cases[2];

    private static Case[] Load()
    {
        using Stream stream = typeof(Rfc8032Vectors).Assembly.GetManifestResourceStream("rfc8032-vectors.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(Read)];
    }

    private static Case Read(JsonElement element) => new(
        Convert.FromHexString(element.GetProperty("seed").GetString()!),
        PublicKey.Parse(element.GetProperty("public_key").GetString()!),
        Convert.FromHexString(element.GetProperty("message").GetString()!),
        Signature.Parse(element.GetProperty("signature").GetString()!));

    internal sealed record Case(byte[] Seed, PublicKey PublicKey, byte[] Message, Signature Signature);
}
