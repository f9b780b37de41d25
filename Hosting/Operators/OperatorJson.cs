using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators;

/// <summary>The JSON of the operators' protocol, for both its ends. What is not known is left aside, so that neither needs the other's version.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(OperatorDocument))]
[JsonSerializable(typeof(OperatorEvent))]
[JsonSerializable(typeof(OperatorRequest))]
[JsonSerializable(typeof(PaletteList))]
internal sealed partial class OperatorJson : JsonSerializerContext;
