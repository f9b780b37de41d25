using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>One item of a bundle, as the parties speak of it. With <paramref name="StandingExpiry"/> its receiver accepted by a standing acceptance.</summary>
internal sealed record PlainItem(AccountId Receiver, ulong Amount, ulong? StandingExpiry = null);
