using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Commands;

public sealed class KeyCommandTests : IDisposable
{
    private static readonly Dictionary<string, string> Passphrase = new() { [KeyFiles.PassphraseVariable] = "correct horse" };

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task New_Plain_WritesAKeyForItsOwnerOnlyAndWarns()
    {
        CommandRun made = (await CommandRun.OfAsync("key", "new", _folder["a.key"], "--plain", "-o", "json")).Ok();
        CommandRun shown = (await CommandRun.OfAsync("key", "show", _folder["a.key"], "-o", "json")).Ok();

        Assert.Equal(made.Out, shown.Out);
        Assert.Equal(40, made.Json.GetProperty("account").GetString()!.Length);
        Assert.Contains("warning:", made.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["a.key"]));
        }
    }

    [Fact]
    public async Task New_FileIsThere_LeavesItAlone()
    {
        string file = _folder.Write("a.key", "something");

        CommandRun run = await CommandRun.OfAsync("key", "new", file, "--plain");

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Equal("something", File.ReadAllText(file));
    }

    [Fact]
    public async Task New_NoPassphraseToBeHad_WritesNothing()
    {
        CommandRun run = await CommandRun.OfAsync("key", "new", _folder["a.key"]);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(KeyFiles.PassphraseVariable, run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Encrypt_PlainKey_KeepsTheKeyAndNeedsThePassphrase()
    {
        CommandRun plain = (await CommandRun.OfAsync("key", "new", _folder["a.key"], "--plain", "-o", "json")).Ok();

        CommandRun encrypted = (await CommandRun.OfAsync(["key", "encrypt", _folder["a.key"], "-o", "json"], Passphrase)).Ok();

        Assert.Equal(plain.Json.GetProperty("publicKey").GetString(), encrypted.Json.GetProperty("publicKey").GetString());
        Assert.True(encrypted.Json.GetProperty("encrypted").GetBoolean());
        Assert.DoesNotContain("\"seed\"", File.ReadAllText(_folder["a.key"]), StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, (await CommandRun.OfAsync(["key", "encrypt", _folder["a.key"]], Passphrase)).ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"format\":\"leither-key\",\"version\":9}")]
    [InlineData("[1,2,3]")]
    public async Task Show_NoKeyFile_SaysSo(string text)
    {
        CommandRun run = await CommandRun.OfAsync("key", "show", _folder.Write("a.key", text));

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains("a.key", run.Error, StringComparison.Ordinal);
    }
}
