using LeitherCluster.Hosting.Joining;

namespace LeitherCluster.Tests.Hosting.Joining;

/// <summary>The text of an invitation, docs/PROTOCOL.md, "Letting a node in".</summary>
public sealed class InvitationTokenTests
{
    private static readonly InvitationToken s_token = new(
        1_800_000_000_000,
        [.. Enumerable.Range(0, 8).Select(i => (byte)i)],
        [.. Enumerable.Range(0, 32).Select(i => (byte)(i + 32))],
        [.. Enumerable.Range(0, 32).Select(i => (byte)(i + 64))],
        "seed",
        "10.0.0.1:7900",
        "n4");

    [Fact]
    public void Token_Parsed_IsWhatWasFormatted()
    {
        InvitationToken? parsed = InvitationToken.Parse(s_token.Format());

        Assert.NotNull(parsed);
        Assert.Equal((s_token.ExpiresMs, s_token.Cluster, s_token.Seed, s_token.Node), (parsed.ExpiresMs, parsed.Cluster, parsed.Seed, parsed.Node));
        Assert.Equal(s_token.Id, parsed.Id);
        Assert.Equal(s_token.Secret, parsed.Secret);
        Assert.Equal(s_token.Fingerprint, parsed.Fingerprint);
    }

    [Fact]
    public void Token_WithOneCharacterChangedOrLost_IsNone()
    {
        string text = s_token.Format();

        Assert.All(Enumerable.Range(0, text.Length), at =>
        {
            Assert.Null(InvitationToken.Parse(text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..]));
            Assert.Null(InvitationToken.Parse(text.Remove(at, 1)));
        });
        Assert.Null(InvitationToken.Parse(""));
        Assert.Null(InvitationToken.Parse("leither1." + new string('A', 100_000)));
    }

    [Fact]
    public void Token_Shown_HasNoSecret() =>
        Assert.DoesNotContain(Convert.ToHexStringLower(s_token.Secret)[..8], $"{s_token} {s_token.FingerprintText}", StringComparison.OrdinalIgnoreCase);
}
