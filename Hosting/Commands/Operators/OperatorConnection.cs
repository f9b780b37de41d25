using System.CommandLine;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Remoting.Certificates;

namespace LeitherCluster.Hosting.Commands.Operators;

/// <summary>Which node an operator's command asks, and as whom: the options that say so, and the connection.</summary>
internal sealed class OperatorConnection
{
    private const string AddressName = "LEITHER_CONNECT";
    private const string CredentialsName = "LEITHER_CREDENTIALS";
    private const string DefaultAddress = "127.0.0.1:7900";
    private const string DefaultCredentials = "./operator";

    private readonly Option<string?> _address = new("--connect")
    {
        Description = $"A node's endpoint for operators; {AddressName}, or else {DefaultAddress}.",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _credentials = new("--credentials")
    {
        Description = $"The folder of the operator's certificate; {CredentialsName}, or else {DefaultCredentials}.",
        HelpName = "DIR",
    };

    public OperatorConnection(Command command)
    {
        command.Add(_address);
        command.Add(_credentials);
    }

    /// <summary>The folder of the operator's certificate.</summary>
    public string FolderOf(CommandCall call) => call.Value(_credentials) ?? call.Console.Environment(CredentialsName) ?? DefaultCredentials;

    /// <summary>Whether the command line says with it which node is asked, or the environment does.</summary>
    public bool IsSaid(CommandCall call, bool heedsEnvironment) =>
        call.Value(_address) is not null || call.Value(_credentials) is not null || (heedsEnvironment && call.Console.Environment(AddressName) is not null);

    /// <summary>The connection that is meant.</summary>
    /// <exception cref="CommandFailedException">There is no certificate of an operator, or no such address.</exception>
    public OperatorClient Open(CommandCall call)
    {
        string folder = FolderOf(call);
        AuthorityOutcome outcome = NodeIdentity.TryOpen(folder, out NodeIdentity? identity, CertificateKind.Operator);
        return outcome == AuthorityOutcome.Success
            ? new OperatorClient(call.Value(_address) ?? call.Console.Environment(AddressName) ?? DefaultAddress, identity!, call.Console.Clock)
            : throw new CommandFailedException(
                ExitCode.BadInput,
                $"No operator's certificate can be used in {folder}: {ClusterCredentials.Explain(outcome)}. Name another folder with --credentials; 'leither ca issue --operator NAME --to DIR' makes one, where the authority is.");
    }
}
