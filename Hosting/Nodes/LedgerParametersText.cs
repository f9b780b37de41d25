using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>A ledger's parameters as they stand in <c>ledger.json</c>, for people to read. Amounts are decimals of the token.</summary>
internal sealed record LedgerParametersText(
    string OrganizationKey,
    string Token,
    int Decimals,
    string Bands,
    int Translucency,
    string MinimumAmount,
    ulong ExpiryAheadMs,
    ulong HoldAheadMs);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(LedgerParametersText))]
internal sealed partial class LedgerParametersJson : JsonSerializerContext;
