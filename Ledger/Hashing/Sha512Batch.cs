namespace LeitherCluster.Ledger.Hashing;

/// <summary>SHA-512 of many messages, as many at a time as the machine has lanes for.</summary>
internal static unsafe class Sha512Batch
{
    /// <summary>Hashes messages of any lengths: 64 bytes each, one behind the other, to <paramref name="digests"/>.</summary>
    public static void Hash(Sha512Input* inputs, int count, byte* digests)
    {
        int done = 0;
        while (done < count)
        {
            int taken = Math.Min(count - done, LanesFor(count - done));
            HashGroup(inputs + done, taken, digests + (done * Sha512Constants.DigestBytes));
            done += taken;
        }
    }

    // A group that is half empty takes as long as a full one: one message alone is quicker in plain C#.
    private static int LanesFor(int count) =>
        count > 1 && Sha512Avx512.IsSupported ? Sha512Avx512.Lanes
        : count > 1 && Sha512Avx2.IsSupported ? Sha512Avx2.Lanes
        : 1;

    private static void HashGroup(Sha512Input* inputs, int count, byte* digests)
    {
        if (count == 1)
        {
            Sha512.Hash(*inputs, digests);
        }
        else if (Sha512Avx512.IsSupported)
        {
            Sha512Avx512.Hash(inputs, count, digests);
        }
        else
        {
            Sha512Avx2.Hash(inputs, count, digests);
        }
    }
}
