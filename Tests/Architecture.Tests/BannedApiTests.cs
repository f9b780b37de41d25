using LeitherCluster.Tests.Architecture.Reading;
using LeitherCluster.Tests.Architecture.Rules;

namespace LeitherCluster.Tests.Architecture;

/// <summary>
/// Time, chance and delay come in from outside. The analyzer says so while one types; this reads the built instructions, which
/// no pragma hides.
/// </summary>
public sealed class BannedApiTests
{
    private const string LedgerList = "Ledger/BannedSymbols.txt";
    private const string EngineList = "Runtime/BannedSymbols.txt";

    /// <summary>The hosts' own folder, where real time, chance and threads come in.</summary>
    private const string HostsNamespace = "LeitherCluster.Runtime.Local";

    /// <summary>What the ledger must never do.</summary>
    public static TheoryData<string, string> Everywhere => new()
    {
        { "System.DateTime", "get_UtcNow" },
        { "System.DateTime", "get_Now" },
        { "System.DateTimeOffset", "get_UtcNow" },
        { "System.DateTimeOffset", "get_Now" },
        { "System.Random", "get_Shared" },
        { "System.Random", ".ctor" },
        { "System.Threading.Thread", "Sleep" },
        { "System.Threading.Tasks.Task", "Delay" },
    };

    /// <summary>What actors and their engine must never do besides.</summary>
    public static TheoryData<string, string> InTheEngine => new()
    {
        { "System.Threading.Tasks.Task", "Run" },
        { "System.Threading.PeriodicTimer", ".ctor" },
        { "System.Diagnostics.Stopwatch", "StartNew" },
        { "System.Environment", "get_TickCount64" },
        { "System.Guid", "NewGuid" },
        { "System.HashCode", "Combine" },
        { "System.Security.Cryptography.RandomNumberGenerator", "GetBytes" },
        { "System.Collections.Concurrent.ConcurrentDictionary`2", "get_Count" },
    };

    [Theory]
    [InlineData("Ledger", LedgerList)]
    [InlineData("Actors", EngineList)]
    [InlineData("Runtime", EngineList)]
    public void Assembly_Built_UsesNothingBanned(string project, string list)
    {
        var banned = new BannedSymbols(list);
        using var assembly = new AssemblyReader(SourceProject.Named(project).AssemblyPath);

        Violations.None(assembly.Uses.Where(use => banned.Bans(use) && !string.Equals(use.User.Namespace, HostsNamespace, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Ledger", "BannedSymbols.txt")]
    [InlineData("Actors", "../Runtime/BannedSymbols.txt")]
    [InlineData("Runtime", "BannedSymbols.txt")]
    public void Project_Compiled_GivesTheListToTheAnalyzer(string project, string list) =>
        Assert.Contains($"<AdditionalFiles Include=\"{list}\" />", File.ReadAllText(SourceProject.Named(project).ProjectPath), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Everywhere))]
    public void LedgerList_EveryRule_IsInIt(string type, string member) => Assert.True(new BannedSymbols(LedgerList).Bans(type, member));

    [Theory]
    [MemberData(nameof(Everywhere))]
    [MemberData(nameof(InTheEngine))]
    public void EngineList_EveryRule_IsInIt(string type, string member) => Assert.True(new BannedSymbols(EngineList).Bans(type, member));

    [Theory]
    [MemberData(nameof(Everywhere))]
    [MemberData(nameof(InTheEngine))]
    public void Canary_DoesIt_IsFoundGuilty(string type, string member)
    {
        using var assembly = new AssemblyReader(typeof(Canary).Assembly.Location);

        Assert.Contains(assembly.Uses, use =>
            use.User.Full.StartsWith(typeof(Canary).FullName!, StringComparison.Ordinal)
            && string.Equals(use.Used.Full, type, StringComparison.Ordinal)
            && string.Equals(use.Member, member, StringComparison.Ordinal));
    }
}
