using System.Xml.Linq;
using LeitherCluster.Tests.Architecture.Reading;
using LeitherCluster.Tests.Architecture.Rules;

namespace LeitherCluster.Tests.Architecture;

/// <summary>Who may know whom, in the project files and in what was built.</summary>
public sealed class DependencyTests
{
    public static TheoryData<string> Projects => new(SourceProject.All.Select(project => project.Name));

    /// <summary>Those that need nothing but .NET itself.</summary>
    public static TheoryData<string> BareProjects => new("Ledger", "Runtime", "Actors", "Persistence", "Client");

    [Theory]
    [MemberData(nameof(Projects))]
    public void ProjectFile_References_OnlyWhomItMayKnow(string name)
    {
        SourceProject project = SourceProject.Named(name);
        IEnumerable<string> known = Included(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)!);

        Violations.None(known.Except(project.MayKnow));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_OnlyWhomItMayKnow(string name)
    {
        SourceProject project = SourceProject.Named(name);
        using var assembly = new AssemblyReader(project.AssemblyPath);
        string[] ours = [.. SourceProject.All.Select(other => other.AssemblyName)];
        IEnumerable<string> allowed = project.MayKnow.Select(other => SourceProject.Named(other).AssemblyName);

        Violations.None(assembly.References.Intersect(ours).Except(allowed));
    }

    [Theory]
    [MemberData(nameof(BareProjects))]
    public void Assembly_References_NothingButDotNet(string name)
    {
        SourceProject project = SourceProject.Named(name);
        using var assembly = new AssemblyReader(project.AssemblyPath);
        string[] ours = [.. SourceProject.All.Select(other => other.AssemblyName)];

        Violations.None(assembly.References.Except(ours).Where(reference => !reference.StartsWith("System.", StringComparison.Ordinal)));
        Violations.None(Included(project, "PackageReference"));
        Violations.None(Included(project, "FrameworkReference"));
    }

    /// <summary>The one package of the journal in PostgreSQL, with what it brings; nobody else knows the database.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_ReferencesNpgsql_OnlyForTheJournalInPostgreSqlAndItsPeer(string name)
    {
        using var assembly = new AssemblyReader(SourceProject.Named(name).AssemblyPath);

        // Load tests put a plain ledger in PostgreSQL beside this one.
        Assert.Equal(name is "Persistence.PostgreSql" or "LoadTests", assembly.References.Contains("Npgsql"));
    }

    /// <summary>Protocol Buffers are written in one place.</summary>
    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_ReferencesProtobuf_OnlyForTheMessagesBetweenNodes(string name)
    {
        using var assembly = new AssemblyReader(SourceProject.Named(name).AssemblyPath);

        Assert.Equal(name == "Cluster", assembly.References.Contains("Google.Protobuf"));
    }

    [Fact]
    public void Folder_WithAProject_IsKnownHereOrATest() => Assert.Equal(
        SourceProject.All.Select(project => $"{project.Name}/{project.Name}.csproj").Order(StringComparer.Ordinal),
        Repository.Files(".csproj").Where(file => !file.StartsWith("Tests/", StringComparison.Ordinal)));

    [Fact]
    public void Solution_HasEveryProject()
    {
        string solution = Repository.Read("LeitherCluster.sln").Replace('\\', '/');

        Violations.None(Repository.Files(".csproj").Where(file => !solution.Contains($"\"{file}\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Included(SourceProject project, string item) =>
        XDocument.Load(project.ProjectPath).Descendants(item).Select(element => element.Attribute("Include")!.Value);
}
