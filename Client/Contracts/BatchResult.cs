namespace LeitherCluster.Client.Contracts;

/// <summary>What became of a batch: the answers in the order of the transfers, and how many there are of each sort.</summary>
public sealed record BatchResult(int Committed, int Pending, int Refused, IReadOnlyList<TransferResult> Answers);
