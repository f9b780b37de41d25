using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>
/// How proofs are written as JSON and read again: camel case, absent parts left out, nothing unknown and nothing twice taken.
/// The depth allows for a node at every bit, two levels each, and what is around them.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 400,
    WriteIndented = true)]
[JsonSerializable(typeof(AccountProofDocument))]
[JsonSerializable(typeof(MultiProofDocument))]
internal sealed partial class ProofJsonContext : JsonSerializerContext;
