using System.Text.RegularExpressions;
using LeitherCluster.Tests.Architecture.Rules;

namespace LeitherCluster.Tests.Architecture;

/// <summary>What no source file may be or say.</summary>
public sealed partial class SourceFileTests
{
    private const int LinesMax = 450;

    [Fact]
    public void SourceFile_Any_IsShortEnough() => Violations.None(Repository.Files(".cs")
        .Select(file => (File: file, Lines: Repository.Read(file).Count(character => character == '\n')))
        .Where(file => file.Lines > LinesMax));

    [Fact]
    public void SourceFile_Any_LeavesNothingForLater() => Violations.None(Repository.Files(".cs", ".sh", ".csproj", ".props")
        .Where(file => PutOff().IsMatch(Repository.Read(file))));

    [Fact]
    public void File_Any_NamesNoPathOfAMachine() => Violations.None(Repository.Files()
        .SelectMany(file => MachinePath().Matches(Repository.Read(file)).Select(match => (file, match.Value))));

    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HA[C]K|XX[X])\b|NotImplemented[E]xception", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex PutOff();

    /// <summary>A folder of somebody's own machine, at the start of an absolute path.</summary>
    [GeneratedRegex(@"(?<![\w.~*])(/(home|root|work|Users)/\w|[A-Z]:\\\w)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MachinePath();
}
