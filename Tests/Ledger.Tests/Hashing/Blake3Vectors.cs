using System.Text;
using System.Text.Json;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>The published known answers of BLAKE3, from blake3-vectors.json.</summary>
internal sealed class Blake3Vectors
{
    private const int InputPeriod = 251;

    private Blake3Vectors(JsonElement root)
    {
        Key = Encoding.ASCII.GetBytes(root.GetProperty("key").GetString()!);
        Context = root.GetProperty("context_string").GetString()!;
        Cases = [.. root.GetProperty("cases").EnumerateArray().Select(Case.Read)];
    }

    public static Blake3Vectors All { get; } = Load();

    public byte[] Key { get; }

    public string Context { get; }

    public IReadOnlyList<Case> Cases { get; }

    /// <summary>The input of every vector: the bytes 0 to 250, again and again.</summary>
    public static byte[] Input(int length)
    {
        byte[] input = new byte[length];
        for (int index = 0; index < length; index++)
        {
            input[index] = (byte)(index % InputPeriod);
        }

        return input;
    }

    private static Blake3Vectors Load()
    {
        using Stream stream = typeof(Blake3Vectors).Assembly.GetManifestResourceStream("blake3-vectors.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return new Blake3Vectors(document.RootElement);
    }

    internal sealed record Case(byte[] Input, byte[] Hash, byte[] KeyedHash, byte[] DerivedKey)
    {
        public static Case Read(JsonElement element) => new(
            Blake3Vectors.Input(element.GetProperty("input_len").GetInt32()),
            Convert.FromHexString(element.GetProperty("hash").GetString()!),
            Convert.FromHexString(element.GetProperty("keyed_hash").GetString()!),
            Convert.FromHexString(element.GetProperty("derive_key").GetString()!));
    }
}
