using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LeitherCluster.Client.Contracts;

/// <summary>The JSON of the API, for both its ends.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AcceptanceRequest))]
[JsonSerializable(typeof(AcceptanceResult))]
[JsonSerializable(typeof(AccountProofResult))]
[JsonSerializable(typeof(AccountResult))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(ClusterResult))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(LedgerResult))]
[JsonSerializable(typeof(ProblemText))]
[JsonSerializable(typeof(PulseResult))]
[JsonSerializable(typeof(SignedPulseResult))]
[JsonSerializable(typeof(StatusResult))]
[JsonSerializable(typeof(TransferResult))]
public sealed partial class ApiJson : JsonSerializerContext;
