using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;

namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>An account as the plain tree knows it.</summary>
internal sealed record PlainAccount(AccountRecord Record, Hash256? DataRoot);
