using System.Text;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Tests.Ledger.Keys;

public sealed class KeyFileTests
{
    private const string Passphrase = "correct horse b\u00E4ttery";

    /// <summary>Made from the format's description with another program; the key is RFC 8032's TEST 1.</summary>
    private const string KnownText =
        """
        {
          "format": "leither-key",
          "version": 1,
          "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
          "protection": "passphrase",
          "kdf": "PBKDF2-HMAC-SHA256",
          "iterations": 600000,
          "salt": "000102030405060708090a0b0c0d0e0f",
          "cipher": "AES-256-GCM",
          "nonce": "101112131415161718191a1b",
          "sealed_seed": "a13bd132c6077d412a84f54f36abab8ddaa68fdafb420f59db7ff084461621aa2f4e40dd8de793c460079b08334f22b5"
        }

        """;

    private static readonly Rfc8032Vectors.Case s_known = Rfc8032Vectors.Cases[0];

    [Fact]
    public void Open_FileOfAnotherProgram_GivesItsKey()
    {
        KeyFile file = Parsed(KnownText);

        Assert.False(file.IsPlain);
        Assert.Equal(s_known.PublicKey, file.PublicKey);
        Assert.Equal(KeyFileOutcome.Success, file.Open(Passphrase, out PrivateKey? key));
        using (key)
        {
            Assert.Equal(s_known.Signature, key!.Sign(s_known.Message));
        }
    }

    [Fact]
    public void Open_ExampleOfTheProtocolPage_GivesTheSeedThatItNames()
    {
        using Stream page = typeof(KeyFileTests).Assembly.GetManifestResourceStream("PROTOCOL.md")!;
        using StreamReader reader = new(page);
        string text = reader.ReadToEnd();
        int start = text.LastIndexOf('{', text.IndexOf("\"leither-key\",", StringComparison.Ordinal));

        KeyFile file = Parsed(text[start..(text.IndexOf('}', start) + 1)]);

        Assert.Equal(KeyFileOutcome.Success, file.Open("correct horse", out PrivateKey? key));
        byte[] seed = new byte[PrivateKey.SeedLength];
        using (key)
        {
            key!.CopySeedTo(seed);
        }

        Assert.All(seed, value => Assert.Equal(7, value));
    }

    [Fact]
    public void Encrypt_SameKeySaltAndNonce_GivesSameFile()
    {
        using PrivateKey key = PrivateKey.FromSeed(s_known.Seed);
        byte[] counting = [.. Enumerable.Range(0, 28).Select(value => (byte)value)];

        KeyFile file = KeyFile.Encrypt(key, Passphrase, counting.AsSpan(0, 16), counting.AsSpan(16, 12));

        Assert.False(file.IsPlain);
        Assert.Equal(KnownText, file.ToText());
        Assert.DoesNotContain(Convert.ToHexStringLower(s_known.Seed), file.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_WrittenAndRead_GivesSameKeyAndSaysSo()
    {
        using PrivateKey key = PrivateKey.FromSeed(s_known.Seed);
        KeyFile file = Parsed(KeyFile.Plain(key).ToText());

        Assert.True(file.IsPlain);
        Assert.Equal(KeyFileOutcome.Success, file.Open("", out PrivateKey? opened));
        using (opened)
        {
            Assert.Equal(key.PublicKey, opened!.PublicKey);
            Assert.Equal(s_known.Signature, opened.Sign(s_known.Message));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("correct horse battery")]
    [InlineData("correct horse b\u00E4ttery ")]
    [InlineData("correct horse b\u00E4tter\uD800")]
    public void Open_AnotherPassphrase_IsWrongPassphrase(string passphrase)
    {
        Assert.Equal(KeyFileOutcome.WrongPassphrase, Parsed(KnownText).Open(passphrase, out PrivateKey? key));
        Assert.Null(key);
    }

    [Theory]
    [InlineData("600000", "600001")]
    [InlineData("\"0001", "\"0101")]
    [InlineData("\"1011", "\"1111")]
    [InlineData("\"d75a", "\"d85a")]
    [InlineData("\"a13b", "\"a03b")]
    [InlineData("1621aa", "1621ab")]
    [InlineData("22b5\"", "22b4\"")]
    public void Open_AnyFieldChanged_IsWrongPassphrase(string old, string changed)
    {
        Assert.Equal(KeyFileOutcome.WrongPassphrase, Parsed(Replaced(old, changed)).Open(Passphrase, out PrivateKey? key));
        Assert.Null(key);
    }

    [Fact]
    public void Open_PlainFileWithAnotherPublicKey_IsKeyMismatch()
    {
        using PrivateKey key = PrivateKey.FromSeed(s_known.Seed);
        string text = KeyFile.Plain(key).ToText()
            .Replace(s_known.PublicKey.ToString(), Rfc8032Vectors.Cases[1].PublicKey.ToString(), StringComparison.Ordinal);

        Assert.Equal(KeyFileOutcome.KeyMismatch, Parsed(text).Open("", out PrivateKey? opened));
        Assert.Null(opened);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", KeyFileOutcome.UnknownVersion)]
    [InlineData("\"version\": 1", "\"version\": 0", KeyFileOutcome.UnknownVersion)]
    [InlineData("\"version\": 1", "\"version\": 2, \"new\": {}", KeyFileOutcome.UnknownVersion)]
    [InlineData("\"version\": 1", "\"version\": \"1\"", KeyFileOutcome.Malformed)]
    [InlineData("\"version\": 1", "\"version\": 1.5", KeyFileOutcome.Malformed)]
    [InlineData("\"version\": 1", "\"version\": 1, \"version\": 1", KeyFileOutcome.Malformed)]
    [InlineData("\"version\": 1", "\"version\": 1, \"new\": 1", KeyFileOutcome.Malformed)]
    [InlineData("\"version\": 1", "\"version\": 1, \"\\ud800\": 1", KeyFileOutcome.Malformed)]
    [InlineData("leither-key", "other-key", KeyFileOutcome.Malformed)]
    [InlineData("leither-key", "leither\\u002Dkey", KeyFileOutcome.Malformed)]
    [InlineData("\"passphrase\"", "\"hardware\"", KeyFileOutcome.UnknownAlgorithm)]
    [InlineData("\"passphrase\"", "\"\\udc00\"", KeyFileOutcome.Malformed)]
    [InlineData("\"passphrase\"", "\"none\"", KeyFileOutcome.Malformed)]
    [InlineData("\"passphrase\"", "3", KeyFileOutcome.Malformed)]
    [InlineData("HMAC-SHA256", "HMAC-SHA512", KeyFileOutcome.UnknownAlgorithm)]
    [InlineData("AES-256-GCM", "AES-128-GCM", KeyFileOutcome.UnknownAlgorithm)]
    [InlineData("\"AES-256-GCM\"", "null", KeyFileOutcome.Malformed)]
    [InlineData("600000", "599999", KeyFileOutcome.IterationsOutOfRange)]
    [InlineData("600000", "10000001", KeyFileOutcome.IterationsOutOfRange)]
    [InlineData("600000", "-1", KeyFileOutcome.IterationsOutOfRange)]
    [InlineData("600000", "99999999999", KeyFileOutcome.Malformed)]
    [InlineData("0e0f\"", "0e\"", KeyFileOutcome.Malformed)]
    [InlineData("0e0f\"", "0e0f00\"", KeyFileOutcome.Malformed)]
    [InlineData("0e0f\"", "0e0g\"", KeyFileOutcome.Malformed)]
    [InlineData("\"salt\"", "\"pepper\"", KeyFileOutcome.Malformed)]
    [InlineData("22b5\"", "22b\"", KeyFileOutcome.Malformed)]
    [InlineData("{", "[{", KeyFileOutcome.Malformed)]
    [InlineData("}", "", KeyFileOutcome.Malformed)]
    [InlineData("}", "} {}", KeyFileOutcome.Malformed)]
    public void TryParse_ChangedText_GivesNamedOutcome(string old, string changed, KeyFileOutcome expected)
    {
        Assert.Equal(expected, KeyFile.TryParse(Encoding.UTF8.GetBytes(Replaced(old, changed)), out KeyFile? file));
        Assert.Null(file);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"leither-key\"")]
    [InlineData("{}")]
    public void TryParse_OtherText_IsMalformed(string text)
        => Assert.Equal(KeyFileOutcome.Malformed, KeyFile.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void TryParse_TextTooLong_IsMalformed()
    {
        string padded = KnownText.PadRight(KeyFile.TextBytesMax);

        Assert.Equal(KeyFileOutcome.Success, KeyFile.TryParse(Encoding.UTF8.GetBytes(padded), out _));
        Assert.Equal(KeyFileOutcome.Malformed, KeyFile.TryParse(Encoding.UTF8.GetBytes(padded + " "), out _));
    }

    [Fact]
    public void TryParse_AnyByteChanged_GivesAnOutcomeAndNeverThrows()
    {
        byte[] text = Encoding.UTF8.GetBytes(KnownText);
        byte[] replacements = [0, (byte)'"', (byte)'\\', (byte)'{', (byte)'9', (byte)' ', 0x80, 0xFF];
        int refused = 0;
        for (int at = 0; at < text.Length; at++)
        {
            foreach (byte replacement in replacements)
            {
                byte[] changed = [.. text];
                changed[at] = replacement;
                refused += KeyFile.TryParse(changed, out KeyFile? file) == KeyFileOutcome.Success ? 0 : 1;
                Assert.True(file == null || KeyFile.TryParse(file.ToUtf8(), out _) == KeyFileOutcome.Success);
            }
        }

        Assert.True(refused > 6 * KnownText.Trim().Length, $"only {refused} of {replacements.Length * text.Length} changes were refused");
    }

    [Fact]
    public void Encrypt_ArgumentsOutOfRange_Throws()
    {
        using PrivateKey key = PrivateKey.FromSeed(s_known.Seed);
        Assert.Throws<ArgumentException>(() => KeyFile.Encrypt(key, "", new byte[16], new byte[12]));
        Assert.Throws<ArgumentException>(() => KeyFile.Encrypt(key, "p", new byte[15], new byte[12]));
        Assert.Throws<ArgumentException>(() => KeyFile.Encrypt(key, "p", new byte[16], new byte[13]));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyFile.Encrypt(key, "p", new byte[16], new byte[12], 599_999));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyFile.Encrypt(key, "p", new byte[16], new byte[12], 10_000_001));
    }

    private static string Replaced(string old, string changed)
    {
        Assert.Contains(old, KnownText, StringComparison.Ordinal);
        return KnownText.Replace(old, changed, StringComparison.Ordinal);
    }

    private static KeyFile Parsed(string text)
    {
        Assert.Equal(KeyFileOutcome.Success, KeyFile.TryParse(Encoding.UTF8.GetBytes(text), out KeyFile? file));
        return file!;
    }
}
