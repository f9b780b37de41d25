using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeitherCluster.Hosting.Commands;

/// <summary>The JSON of what commands write with <c>-o json</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CommandFailure))]
[JsonSerializable(typeof(Clusters.AuthorityShown))]
[JsonSerializable(typeof(Clusters.AuthorityText))]
[JsonSerializable(typeof(Clusters.CertificateText))]
[JsonSerializable(typeof(Databases.DatabasesFound))]
[JsonSerializable(typeof(Databases.DatabasesMigrated))]
[JsonSerializable(typeof(Databases.DbMigrated))]
[JsonSerializable(typeof(LeitherCluster.Hosting.Journals.Copies.CopyResult))]
[JsonSerializable(typeof(LeitherCluster.Persistence.PostgreSql.Databases.DatabaseStatus))]
[JsonSerializable(typeof(LeitherCluster.Hosting.Nodes.DatabaseRemembered))]
[JsonSerializable(typeof(Journals.JournalVerified))]
[JsonSerializable(typeof(Keys.KeyResult))]
[JsonSerializable(typeof(Organizations.OrgCreated))]
[JsonSerializable(typeof(Proofs.ProofText))]
[JsonSerializable(typeof(Receipts.ReceiptText))]
internal sealed partial class CommandJson : JsonSerializerContext;
