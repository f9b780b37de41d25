using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Trees;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// The parties of a load. Their public keys are made up, and no private key is known: they hash to the ids, as they must, but
/// what they sign is not checked.
/// </summary>
internal sealed class Population
{
    public Population(int count)
    {
        Ids = new AccountId[count];
        Parallel.For(0, count, number => Ids[number] = AccountIds.Of(KeyOf(number)));
    }

    /// <summary>Their accounts, by number.</summary>
    public AccountId[] Ids { get; }

    public int Count => Ids.Length;

    public AccountId this[int number] => Ids[number];

    public static PublicKey KeyOf(int number)
    {
        var random = new SplitMix((ulong)number);
        Span<ulong> words = [random.Next(), random.Next(), random.Next(), random.Next()];
        return new PublicKey(MemoryMarshal.AsBytes(words));
    }
}
