using LeitherCluster.Tests.Architecture.Reading;
using LeitherCluster.Tests.Architecture.Rules;

namespace LeitherCluster.Tests.Architecture;

/// <summary>The folders of a project depend on each other in one direction.</summary>
public sealed class NamespaceCycleTests
{
    /// <summary>Namespaces, without the project's, that know each other.</summary>
    private static readonly Dictionary<string, string[]> s_meant = new(StringComparer.Ordinal)
    {
        // An actor's context has a journal and a journal answers an actor: two ports of one engine. And Ask, an extension of the
        // port, waits by means of the engine's own promise.
        ["Runtime"] = ["", ".Core", ".Journaling"],
    };

    public static TheoryData<string> Projects => new(SourceProject.All.Select(project => project.Name));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_OfAProject_HaveNoCycleButTheMeantOne(string name)
    {
        using var assembly = new AssemblyReader(SourceProject.Named(name).AssemblyPath);
        string root = $"LeitherCluster.{name}";
        ILookup<string, string> knows = assembly.Uses
            .Where(use => use.Used.IsOwn && use.Used.Namespace.StartsWith(root, StringComparison.Ordinal))
            .Where(use => use.User.Namespace.StartsWith(root, StringComparison.Ordinal))
            .Select(use => (From: use.User.Namespace[root.Length..], To: use.Used.Namespace[root.Length..]))
            .Where(edge => !string.Equals(edge.From, edge.To, StringComparison.Ordinal))
            .Distinct()
            .ToLookup(edge => edge.From, edge => edge.To, StringComparer.Ordinal);

        IEnumerable<string> inCycles = knows.Select(edges => edges.Key).Where(start => Reaches(knows, start, start)).Order(StringComparer.Ordinal);

        Assert.Equal(s_meant.GetValueOrDefault(name, []), inCycles);
    }

    private static bool Reaches(ILookup<string, string> knows, string start, string goal)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(knows[start]);
        while (open.TryPop(out string? next))
        {
            if (string.Equals(next, goal, StringComparison.Ordinal))
            {
                return true;
            }

            if (seen.Add(next))
            {
                foreach (string further in knows[next])
                {
                    open.Push(further);
                }
            }
        }

        return false;
    }
}
