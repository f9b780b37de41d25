using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Hosting.Keys;

namespace LeitherCluster.Hosting.Commands;

/// <summary>A command that asks a node. It knows the node's address, and the folder whose organization's key derives the keys of named accounts.</summary>
internal abstract class ClientCommand : LeitherCommand
{
    private const string UrlName = "LEITHER_URL";
    private const string DefaultUrl = "http://127.0.0.1:7700";

    private static readonly TimeSpan s_attemptTimeout = TimeSpan.FromSeconds(100);

    private readonly Option<string> _url = new("--url")
    {
        Description = "Address of a node, or of several, separated by commas; " + UrlName + ", or else " + DefaultUrl + ".",
        HelpName = "URL[,URL]",
    };

    protected ClientCommand(string name, string description, params string[] examples)
        : base(name, description, examples)
    {
        Add(_url);
        Add(DataOption.Create(out Option<string> data));
        Data = data;
    }

    /// <summary>The folder that <c>name:</c> references are resolved with.</summary>
    protected Option<string> Data { get; }

    /// <summary>Whether somebody said which nodes are meant.</summary>
    protected bool NamesNodes(CommandCall call) => (call.Value(_url) ?? call.Console.Environment(UrlName)) is not null;

    /// <summary>A client of the nodes that are meant. Each is tried once: whoever runs the command decides whether to run it again.</summary>
    /// <exception cref="CommandFailedException">The address is no HTTP address.</exception>
    protected LedgerClient Connect(CommandCall call)
    {
        string text = call.Value(_url) ?? call.Console.Environment(UrlName) ?? DefaultUrl;
        Uri[] endpoints = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(EndpointOf)];
        return new LedgerClient(new LedgerClientOptions
        {
            Endpoints = endpoints,
            Patience = TimeSpan.Zero,
            AttemptTimeout = s_attemptTimeout,
            Clock = call.Console.Clock,
        });
    }

    private static Uri EndpointOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
        ? url
        : throw new CommandFailedException(ExitCode.BadInput, $"'{text}' is no address like {DefaultUrl}.");

    /// <summary>Resolves what stands for keys and accounts on this command line.</summary>
    protected KeyReferences References(CommandCall call) => new(DataOption.FolderOf(call, Data), call.Console);
}
