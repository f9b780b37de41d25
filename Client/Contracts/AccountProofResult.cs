using System.Text.Json;

namespace LeitherCluster.Client.Contracts;

/// <summary>
/// The proof of an account's record, or of its absence, with the signed root statement that it holds under: both in the JSON of
/// docs/PROTOCOL.md, sections 5 and 6.
/// </summary>
public sealed record AccountProofResult(JsonElement Statement, JsonElement Proof);
