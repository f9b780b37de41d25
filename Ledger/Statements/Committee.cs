using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Statements;

public sealed record Committee(int Threshold, IReadOnlyList<PublicKey> Keys)
{
    public Hash256 Digest() => Blake3.KeyedHash(Hash256.Zero, Keys[0].AsSpan());
}
