namespace LeitherCluster.Client.Contracts;

/// <summary>Those whose signatures make a root statement valid, and how many of them it takes. Keys are 64 hexadecimal digits, ascending.</summary>
public sealed record CommitteeResult(int Threshold, IReadOnlyList<string> Keys);
