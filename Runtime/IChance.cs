namespace LeitherCluster.Runtime;

/// <summary>Where random numbers come from: the operating system's generator in the local host, a seed in the simulated one.</summary>
public interface IChance
{
    /// <summary>Fills the whole span with random bytes.</summary>
    void Fill(Span<byte> bytes);

    /// <summary>A number in [0, <paramref name="exclusiveMax"/>), each equally likely. Throws when that is 0.</summary>
    ulong Next(ulong exclusiveMax);
}
