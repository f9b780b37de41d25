using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>From public keys to the accounts that they open (docs/PROTOCOL.md, section 1).</summary>
public static class AccountIds
{
    /// <summary>The first 20 bytes of BLAKE3 of the key.</summary>
    public static AccountId Of(in PublicKey key) => new(Blake3.Hash(key.AsSpan()).AsSpan()[..AccountId.SizeBytes]);
}
