namespace LeitherCluster.Tests.Architecture.Rules;

/// <summary>One of the projects that are the product, and whom it may know.</summary>
/// <param name="Name">The name of its folder and its project file.</param>
/// <param name="AssemblyName">Its assembly, without the extension.</param>
/// <param name="MayKnow">The projects that it may refer to.</param>
internal sealed record SourceProject(string Name, string AssemblyName, string[] MayKnow)
{
    /// <summary>docs/ARCHITECTURE.md: Ledger and Runtime know nobody; Actors both; Persistence the engine's journal port; Hosting wires all together.</summary>
    public static readonly SourceProject[] All =
    [
        new("Ledger", "LeitherCluster.Ledger", []),
        new("Runtime", "LeitherCluster.Runtime", []),
        new("Actors", "LeitherCluster.Actors", ["Ledger", "Runtime"]),
        new("Persistence", "LeitherCluster.Persistence", ["Runtime"]),
        new("Persistence.PostgreSql", "LeitherCluster.Persistence.PostgreSql", ["Runtime"]),
        new("Remoting", "LeitherCluster.Remoting", ["Runtime"]),
        new("Cluster", "LeitherCluster.Cluster", ["Ledger", "Runtime", "Actors", "Remoting"]),
        new("Client", "LeitherCluster.Client", ["Ledger"]),
        new("Hosting", "leither", ["Ledger", "Client", "Runtime", "Actors", "Persistence", "Persistence.PostgreSql", "Remoting", "Cluster"]),
        new("LoadTests", "leither-load", ["Ledger", "Client", "Runtime", "Actors", "Persistence", "Persistence.PostgreSql", "Remoting", "Cluster", "Hosting"]),
    ];

    public string AssemblyPath => Path.Combine(AppContext.BaseDirectory, AssemblyName + ".dll");

    public string DocumentationPath => Path.Combine(AppContext.BaseDirectory, AssemblyName + ".xml");

    public string ProjectPath => Path.Combine(Repository.Root, Name, Name + ".csproj");

    public static SourceProject Named(string name) => All.Single(project => string.Equals(project.Name, name, StringComparison.Ordinal));

    public override string ToString() => Name;
}
