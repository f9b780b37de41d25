using System.Diagnostics;
using LeitherCluster.LoadTests.Benchmarks.Signatures;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>Bare loops of verifications, a thread on each core.</summary>
internal static class BareLoops
{
    private const int Seconds = 3;

    public static SignedRate ByLibCrypto(int[] cores) => Run(cores, static () =>
    {
        using var input = new BareVerification();
        return Verify(input.Verify);
    });

    public static SignedRate ByLedger(int[] cores) => Run(cores, static () =>
    {
        using var input = new OwnVerification();
        return Verify(input.Verify);
    });

    private static SignedRate Run(int[] cores, Func<SignedRate> loop)
    {
        Func<SignedRate>[] running = [.. cores.Select(core => ThreadCore.Start(core, loop))];
        SignedRate[] rates = [.. running.Select(wait => wait())];
        return new SignedRate(rates.Sum(rate => rate.PerSecond), rates.Average(rate => rate.CoreMicroseconds));
    }

    private static SignedRate Verify(Func<int> verify)
    {
        long verified = 0;
        RunTime time = RunTime.Of(() =>
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds)
            {
                verified += verify();
            }
        });
        return new SignedRate(verified / time.WallSeconds, time.ProcessorSeconds * 1e6 / verified);
    }
}
