using System.CommandLine;
using LeitherCluster.Hosting.Client;
using LeitherCluster.Hosting.Keys;

namespace LeitherCluster.Hosting.Commands;

/// <summary>A command that asks a node. It knows the node's address, and the folder whose organization's key derives the keys of named accounts.</summary>
internal abstract class ClientCommand : LeitherCommand
{
    private const string DefaultUrl = "http://127.0.0.1:7700";

    private readonly Option<string> _url = new("--url")
    {
        Description = "Address of the node; LEITHER_URL, or else " + DefaultUrl + ".",
        HelpName = "URL",
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

    /// <summary>A client of the node that is meant.</summary>
    /// <exception cref="CommandFailedException">The address is no HTTP address.</exception>
    protected LeitherClient Connect(CommandCall call)
    {
        string text = call.Value(_url) ?? call.Console.Environment("LEITHER_URL") ?? DefaultUrl;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            ? new LeitherClient(url, call.Console.Clock)
            : throw new CommandFailedException(ExitCode.BadInput, $"'{text}' is no address like {DefaultUrl}.");
    }

    /// <summary>Resolves what stands for keys and accounts on this command line.</summary>
    protected KeyReferences References(CommandCall call) => new(DataOption.FolderOf(call, Data), call.Console);
}
