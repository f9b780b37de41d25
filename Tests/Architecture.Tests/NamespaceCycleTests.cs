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
        // port, waits by means of the engine's own promise. An actor of another node is reached by that node's id among the members, who
        // are kept by actors.
        ["Runtime"] = ["", ".Core", ".Journaling", ".Membership"],

        // The steps of one pulse: actors that talk to each other in both directions, where a message lies with who receives it.
        ["Actors"] = ["", ".Branches", ".Gateway", ".Ingresses", ".Nodes", ".Places", ".Pulses"],

        // The program's outermost ring: commands, the API they call, and what both show are one user's surface; a command's base names its
        // groups, and the groups their base.
        ["Hosting"] =
        [
            ".Api", ".Api.Endpoints", ".Client", ".Clusters", ".Commands", ".Commands.Accounts", ".Commands.Clusters", ".Commands.Databases", ".Commands.Imports", ".Commands.Journals", ".Commands.Keys",
            ".Commands.Nodes", ".Commands.Operators", ".Commands.Organizations", ".Commands.Payments", ".Commands.Proofs", ".Commands.Pulses", ".Commands.Receipts",
            ".Configuration", ".Demo", ".Devnet", ".Import", ".Joining", ".Journals", ".Journals.Copies", ".Keys", ".Nodes", ".Operators", ".Operators.Palettes",
            ".Operators.Shell", ".Telemetry", ".Views",
        ],
    };

    public static TheoryData<string> Projects => new(SourceProject.All.Select(project => project.Name));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_OfAProject_HaveNoCycleButTheMeantOne(string name)
    {
        string[] meant = s_meant.GetValueOrDefault(name, []);
        (Edge Edge, Use Example)[] cyclic = CyclicEdges(name);

        Violations.None(cyclic.Where(found => !meant.Contains(found.Edge.From) || !meant.Contains(found.Edge.To)));
        Violations.None(meant.Except(cyclic.Select(found => found.Edge.From)).Select(stale => $"'{stale}' is in no cycle any more"));
    }

    /// <summary>What one namespace knows of another from which a way leads back, with one use that makes it so.</summary>
    private static (Edge Edge, Use Example)[] CyclicEdges(string name)
    {
        using var assembly = new AssemblyReader(SourceProject.Named(name).AssemblyPath);
        string root = $"LeitherCluster.{name}";
        Dictionary<Edge, Use> edges = assembly.Uses
            .Where(use => use.Used.IsOwn && use.Used.Namespace.StartsWith(root, StringComparison.Ordinal))
            .Where(use => use.User.Namespace.StartsWith(root, StringComparison.Ordinal))
            .Where(use => !string.Equals(use.User.Namespace, use.Used.Namespace, StringComparison.Ordinal))
            .GroupBy(use => new Edge(use.User.Namespace[root.Length..], use.Used.Namespace[root.Length..]))
            .ToDictionary(uses => uses.Key, uses => uses.First());
        ILookup<string, string> knows = edges.Keys.ToLookup(edge => edge.From, edge => edge.To);
        return [.. edges.Where(edge => Reaches(knows, edge.Key.To, edge.Key.From)).Select(edge => (edge.Key, edge.Value))];
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

    private readonly record struct Edge(string From, string To);
}
