using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeitherCluster.Hosting.Joining;

/// <summary>The JSON of letting a node in.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinGrant))]
[JsonSerializable(typeof(JoinRefused))]
[JsonSerializable(typeof(InvitationMade))]
internal sealed partial class JoinJson : JsonSerializerContext;
