using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LeitherCluster.Ledger.Keys;

/// <summary>The text of a key file: see the type's remarks for its fields.</summary>
public sealed partial class KeyFile
{
    private const string FormatField = "format";
    private const string VersionField = "version";
    private const string PublicKeyField = "public_key";
    private const string ProtectionField = "protection";
    private const string KeyDerivationField = "kdf";
    private const string IterationsField = "iterations";
    private const string SaltField = "salt";
    private const string CipherField = "cipher";
    private const string NonceField = "nonce";
    private const string SealedSeedField = "sealed_seed";
    private const string SeedField = "seed";
    private const byte EscapeSign = (byte)'\\';
    private const int PlainFields = 5;
    private const int PassphraseFields = 10;

    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = 2 };
    private static readonly JsonWriterOptions s_indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Reads the UTF-8 text of a key file.</summary>
    /// <returns>Any outcome but WrongPassphrase and KeyMismatch; the file is null unless it is Success.</returns>
    public static KeyFileOutcome TryParse(ReadOnlySpan<byte> utf8, out KeyFile? file)
    {
        file = null;
        if (utf8.Length > TextBytesMax || !Utf8.IsValid(utf8) || utf8.Contains(EscapeSign))
        {
            return KeyFileOutcome.Malformed;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.ToArray(), s_strict);
            return Read(document.RootElement, out file);
        }
        catch (JsonException)
        {
            return KeyFileOutcome.Malformed;
        }
    }

    /// <summary>The UTF-8 text of this file, ending with a line feed.</summary>
    public byte[] ToUtf8()
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text, s_indented))
        {
            json.WriteStartObject();
            json.WriteString(FormatField, Format);
            json.WriteNumber(VersionField, Version);
            json.WriteString(PublicKeyField, PublicKey.ToString());
            if (_sealed is { } box)
            {
                json.WriteString(ProtectionField, PassphraseProtection);
                json.WriteString(KeyDerivationField, SealedSeed.KeyDerivation);
                json.WriteNumber(IterationsField, box.Iterations);
                json.WriteString(SaltField, Convert.ToHexStringLower(box.Salt));
                json.WriteString(CipherField, SealedSeed.Cipher);
                json.WriteString(NonceField, Convert.ToHexStringLower(box.Nonce));
                json.WriteString(SealedSeedField, Convert.ToHexStringLower(box.Box));
            }
            else
            {
                json.WriteString(ProtectionField, NoProtection);
                json.WriteString(SeedField, Convert.ToHexStringLower(_plain!));
            }

            json.WriteEndObject();
        }

        text.WriteByte((byte)'\n');
        return text.ToArray();
    }

    /// <summary>The text of this file. Of a plain one it shows the key.</summary>
    public string ToText() => Encoding.UTF8.GetString(ToUtf8());

    private static KeyFileOutcome Read(JsonElement root, out KeyFile? file)
    {
        file = null;
        if (root.ValueKind != JsonValueKind.Object
            || !HasText(root, FormatField, Format)
            || !TryNumber(root, VersionField, out int version))
        {
            return KeyFileOutcome.Malformed;
        }

        if (version != Version)
        {
            return KeyFileOutcome.UnknownVersion;
        }

        if (!TryBytes(root, PublicKeyField, Keys.PublicKey.ByteLength, out byte[] publicKey))
        {
            return KeyFileOutcome.Malformed;
        }

        return HasText(root, ProtectionField, PassphraseProtection) ? ReadSealed(root, new PublicKey(publicKey), out file)
            : HasText(root, ProtectionField, NoProtection) ? ReadPlain(root, new PublicKey(publicKey), out file)
            : AlgorithmOutcome(root, ProtectionField);
    }

    private static KeyFileOutcome ReadPlain(JsonElement root, PublicKey publicKey, out KeyFile? file)
    {
        file = null;
        if (root.GetPropertyCount() != PlainFields || !TryBytes(root, SeedField, PrivateKey.SeedLength, out byte[] seed))
        {
            return KeyFileOutcome.Malformed;
        }

        file = new KeyFile(publicKey, null, seed);
        return KeyFileOutcome.Success;
    }

    private static KeyFileOutcome ReadSealed(JsonElement root, PublicKey publicKey, out KeyFile? file)
    {
        file = null;
        if (!HasText(root, KeyDerivationField, SealedSeed.KeyDerivation))
        {
            return AlgorithmOutcome(root, KeyDerivationField);
        }

        if (!HasText(root, CipherField, SealedSeed.Cipher))
        {
            return AlgorithmOutcome(root, CipherField);
        }

        if (root.GetPropertyCount() != PassphraseFields
            || !TryNumber(root, IterationsField, out int iterations)
            || !TryBytes(root, SaltField, SaltLength, out byte[] salt)
            || !TryBytes(root, NonceField, NonceLength, out byte[] nonce)
            || !TryBytes(root, SealedSeedField, SealedSeed.BoxLength, out byte[] box))
        {
            return KeyFileOutcome.Malformed;
        }

        if (iterations is < IterationsMin or > IterationsMax)
        {
            return KeyFileOutcome.IterationsOutOfRange;
        }

        file = new KeyFile(publicKey, new SealedSeed(iterations, salt, nonce, box), null);
        return KeyFileOutcome.Success;
    }

    /// <summary>A name that is text but not ours is another algorithm; no name at all is no key file.</summary>
    private static KeyFileOutcome AlgorithmOutcome(JsonElement root, string field)
        => root.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? KeyFileOutcome.UnknownAlgorithm
            : KeyFileOutcome.Malformed;

    private static bool HasText(JsonElement root, string field, string text)
        => root.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool TryNumber(JsonElement root, string field, out int number)
    {
        number = 0;
        return root.TryGetProperty(field, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out number);
    }

    private static bool TryBytes(JsonElement root, string field, int length, out byte[] bytes)
    {
        bytes = new byte[length];
        if (!root.TryGetProperty(field, out JsonElement value) || value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        ReadOnlySpan<byte> raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value);
        ReadOnlySpan<byte> digits = raw[1..^1];
        return digits.Length == 2 * length
            && Convert.FromHexString(digits, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }
}
