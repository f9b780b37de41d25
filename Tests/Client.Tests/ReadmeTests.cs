using System.Text.RegularExpressions;

namespace LeitherCluster.Tests.Client;

/// <summary>The README's example is the code that the tests of the library run.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void Readme_Example_IsTheCodeThatIsRun() => Assert.Equal(
        LinesOf(Source().Match(Read("Tests/Client.Tests/ExamplePayment.cs")).Groups["code"].Value),
        LinesOf(Block().Match(Read("README.md")).Groups["code"].Value));

    [GeneratedRegex("// Begin of the example.\n(?<code>.*)// End of the example.", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Source();

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 5_000)]
    private static partial Regex Block();

    private static string[] LinesOf(string code) => code.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 5 } lines ? lines : throw new InvalidOperationException("The example is gone.");

    private static string Read(string file)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LeitherCluster.sln")))
        {
            folder = folder.Parent;
        }

        return File.ReadAllText(Path.Combine(folder!.FullName, file));
    }
}
