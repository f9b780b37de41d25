namespace LeitherCluster.Client.Contracts;

/// <summary>An account as of a pulse. Amounts are decimals of the ledger's token. An account that does not exist has a balance of zero and <c>exists</c> false.</summary>
public sealed record AccountResult(
    string Id,
    bool Exists,
    string Balance,
    string Held,
    string Spendable,
    bool Frozen,
    bool System,
    ulong HighestNonce,
    string NonceBitmap,
    IReadOnlyList<HoldResult> Holds,
    ulong AsOf,
    string At,
    string Root);
