using System.CommandLine;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Joining;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary><c>leither node join</c>.</summary>
internal sealed class NodeJoinCommand : LeitherCommand
{
    /// <summary>The token, where nobody sees it in a list of processes.</summary>
    private const string TokenVariable = "LEITHER_TOKEN";

    private static readonly NodeOptions Defaults = new() { DataFolder = DataOption.DefaultFolder };

    private readonly Argument<string?> _seed = new("seed") { Description = "Where to ask, host:port; as in the token when left out.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _token = new("--token") { Description = $"What 'leither cluster invite' printed; {TokenVariable} when left out.", HelpName = "TOKEN" };
    private readonly Option<bool> _noStart = new("--no-start") { Description = "Only write the folder; 'leither node' starts the node." };
    private readonly NodeFlags _flags = new();

    public NodeJoinCommand()
        : base(
            "join",
            "Let this machine into a cluster with an invitation, and run the node. Later 'leither node' with the folder is enough.",
            "leither node join 10.0.0.1:7900 --token leither1.AAAA --name n4 --listen 10.0.0.4:7800",
            "LEITHER_TOKEN=leither1.AAAA leither node join --name n4 --data ./n4 --no-start")
    {
        Add(_seed);
        Add(_token);
        Add(_noStart);
        _flags.AddTo(this, Defaults);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string text = call.Value(_token) ?? call.Console.Environment(TokenVariable)
            ?? throw new CommandFailedException(ExitCode.BadInput, $"Say the invitation with --token or {TokenVariable}. 'leither cluster invite' makes one.");
        InvitationToken token = InvitationToken.Parse(text)
            ?? throw new CommandFailedException(ExitCode.BadInput, "That is no whole token. Take all of what 'leither cluster invite' printed after --token.");
        IReadOnlyDictionary<string, string> given = _flags.Given(call);
        string name = given.GetValueOrDefault("name") ?? (token.Node.Length > 0 ? token.Node : null)
            ?? throw new CommandFailedException(ExitCode.BadInput, "Say what this node is to be called, with --name: the invitation is for any name.");
        var folder = new LedgerFolder(given.GetValueOrDefault("data") ?? call.Console.Environment("LEITHER_DATA") ?? DataOption.DefaultFolder);
        JoinedFolder.RequireFree(folder);
        RequireCurrent(token, call.Console.Clock.GetUtcNow());
        JoinGrant grant = await AskAsync(call.Value(_seed) ?? token.Seed, token, name, folder, call.Console.Clock, cancel).ConfigureAwait(false);
        JoinedFolder.Write(folder, grant, given.Where(setting => setting.Key is not "data").Append(new("name", name)).DistinctBy(setting => setting.Key).ToDictionary());
        call.Note($"{name} is let into {grant.Cluster}; 'leither node --data {folder.Path}' starts it from now on.");
        return call.Value(_noStart)
            ? ExitCode.Ok
            : await NodeCommand.RunAsync(NodeOptionsReader.Read(given, call.Console.Environment, folder.ConfigurationFile, Defaults), call, cancel).ConfigureAwait(false);
    }

    private static async Task<JoinGrant> AskAsync(string seed, InvitationToken token, string name, LedgerFolder folder, TimeProvider clock, CancellationToken cancel)
    {
        if (!ClusterName.IsValid(name))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"'{name}' is no name of a node: 1 to {ClusterName.LengthMax} letters, digits, dots, hyphens and underscores.");
        }

        if (!Uri.TryCreate($"https://{seed}", UriKind.Absolute, out Uri? url) || url.PathAndQuery != "/")
        {
            throw new CommandFailedException(ExitCode.BadInput, $"'{seed}' is no address like 10.0.0.1:7900.");
        }

        folder.Make();
        Require(NodeIdentity.TryRequest(folder.CertificatesFolder, token.Cluster, name, out string? request), $"A request for {name} cannot be made in {folder.CertificatesFolder}");
        JoinGrant grant = await new JoinClient(seed, token, clock).AskAsync(name, request!, cancel).ConfigureAwait(false);
        Require(
            NodeIdentity.TryAccept(folder.CertificatesFolder, grant.Certificate, grant.Authority, token.FingerprintText),
            $"The certificate of {name} cannot be put into {folder.CertificatesFolder}");
        return grant;
    }

    // The database's clock decides; this only spares the way there. An hour of difference between clocks is left to that one.
    private static void RequireCurrent(InvitationToken token, DateTimeOffset now)
    {
        DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(token.ExpiresMs);
        if (now > end.AddHours(1))
        {
            throw new CommandFailedException(ExitCode.Refused, $"The invitation ended {end:yyyy-MM-dd HH:mm} UTC. Ask an operator of {token.Cluster} for another: leither cluster invite.");
        }
    }

    private static void Require(AuthorityOutcome outcome, string otherwise)
    {
        if (outcome != AuthorityOutcome.Success)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{otherwise}: {ClusterCredentials.Explain(outcome)}.");
        }
    }
}
