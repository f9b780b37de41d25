using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Ledger.Receipts;

namespace LeitherCluster.Hosting.Commands.Receipts;

/// <summary><c>leither receipt show FILE</c>.</summary>
internal sealed class ReceiptShowCommand : LeitherCommand
{
    private static readonly JsonSerializerOptions Indented = new(ApiJson.Default.Options) { WriteIndented = true };

    private readonly Argument<string> _file = new("FILE") { Description = "The receipt." };

    public ReceiptShowCommand()
        : base("show", "Show everything that a receipt file says, without checking it.", "leither receipt show receipt.json") => Add(_file);

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        string path = call.Required(_file);
        Receipt receipt = ReceiptDocument.Read(File.ReadAllBytes(path)) ?? throw new CommandFailedException(ExitCode.BadInput, $"{path} is no receipt.");
        byte[] json = JsonText.BytesOf(writer => ReceiptJson.Write(writer, receipt));
        call.Console.Out.WriteLine(call.Format == OutputFormat.Json ? System.Text.Encoding.UTF8.GetString(json) : JsonNode.Parse(json)!.ToJsonString(Indented));
        return Task.FromResult(ExitCode.Ok);
    }
}
