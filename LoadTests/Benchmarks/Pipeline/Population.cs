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
    private readonly AccountId[] _ids;

    public Population(int count)
    {
        _ids = new AccountId[count];
        Parallel.For(0, count, number => _ids[number] = AccountIds.Of(KeyOf(number)));
    }

    public int Count => _ids.Length;

    public AccountId this[int number] => _ids[number];

    public static PublicKey KeyOf(int number)
    {
        var random = new SplitMix((ulong)number);
        Span<ulong> words = [random.Next(), random.Next(), random.Next(), random.Next()];
        return new PublicKey(MemoryMarshal.AsBytes(words));
    }
}
