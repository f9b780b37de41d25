using System.Text.RegularExpressions;
using System.Xml.Linq;
using LeitherCluster.Tests.Architecture.Reading;
using LeitherCluster.Tests.Architecture.Rules;

namespace LeitherCluster.Tests.Architecture;

/// <summary>That what is written about the code is there and fits it.</summary>
public sealed partial class DocumentationTests
{
    /// <summary>Salts are keyed by a secret; the tag is kept free so that no other key can look like theirs.</summary>
    private static readonly string[] s_reservedTags = ["LC1salt_"];

    public static TheoryData<string> Projects => new(SourceProject.All.Select(project => project.Name));

    [Theory]
    [MemberData(nameof(Projects))]
    public void PublicType_Any_SaysWhatItIsFor(string name)
    {
        SourceProject project = SourceProject.Named(name);
        using var assembly = new AssemblyReader(project.AssemblyPath);
        HashSet<string> described =
        [
            .. XDocument.Load(project.DocumentationPath).Descendants("member").Select(member => member.Attribute("name")!.Value),
        ];

        Violations.None(assembly.PublicTypes.Where(type => !type.IsGenerated && !described.Contains("T:" + type.Full)).Select(type => type.Full));
    }

    [Fact]
    public void Link_InADocument_LeadsToAFile() => Violations.None(Repository.Files(".md").SelectMany(file => Link()
        .Matches(Repository.Read(file))
        .Select(match => match.Groups["target"].Value.Split('#')[0])
        .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
        .Where(target => !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, target)))
        .Select(target => $"{file} links to {target}")));

    [Fact]
    public void Tag_InTheTable_IsThereOnce() => Assert.Equal(TagsOfTable().Distinct(), TagsOfTable());

    [Fact]
    public void Tag_InTheCode_IsInTheProtocolsTable() => Violations.None(TagsOfCode().Except(TagsOfTable()));

    [Fact]
    public void Tag_InTheProtocolsTable_IsInTheCode() => Violations.None(TagsOfTable().Except(TagsOfCode()).Except(s_reservedTags));

    private static string[] TagsOfTable() =>
        [.. TableRow().Matches(Repository.Read("docs/PROTOCOL.md")).Select(match => match.Groups["tag"].Value)];

    private static IEnumerable<string> TagsOfCode() => Repository.Files(".cs")
        .Where(file => !file.StartsWith("Tests/", StringComparison.Ordinal))
        .SelectMany(file => Tag().Matches(Repository.Read(file)).Select(match => match.Value))
        .Distinct();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| `(?<tag>LC1.{5})` \|", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"\bLC1[a-z_]{5}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
