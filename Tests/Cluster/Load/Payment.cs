using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Cluster.Load;

/// <summary>
/// A transfer as its sender keeps it: the bytes to send again, the id to ask by (of a bundle its first item's), and who paid whom
/// how much.
/// </summary>
internal sealed record Payment(byte[] Frame, Hash256 AskId, int Payer, IReadOnlyList<(int Receiver, ulong Units)> Items);
