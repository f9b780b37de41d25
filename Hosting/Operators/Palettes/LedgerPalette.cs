using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Palettes;

/// <summary>The ledger that the cluster keeps.</summary>
internal static class LedgerPalette
{
    public static Palette Palette { get; } = new("ledger", "The ledger that the cluster keeps.", OperatorCommand.Shows("show", "Show the ledger's parameters, and who signs for it.", "ledger show", ShowAsync));

    private static Task<OperatorDocument> ShowAsync(OperatorCall call, CancellationToken cancel)
    {
        LedgerResult ledger = new ContractMapper(call.Services.Gateway.Parameters).Map(call.Services.Gateway.Committee, call.Services.Options);
        var document = new OperatorDocument();
        foreach ((string name, JsonNode? value) in JsonSerializer.SerializeToNode(ledger, ApiJson.Default.LedgerResult)!.AsObject())
        {
            if (value is JsonValue)
            {
                document.Facts[name] = value.DeepClone();
            }
        }

        document.Facts["signers"] = call.Services.Gateway.Committee.Keys.Length;
        return Task.FromResult(document);
    }
}
