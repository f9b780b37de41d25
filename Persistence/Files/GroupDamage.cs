namespace LeitherCluster.Persistence.Files;

/// <summary>What is wrong with a group.</summary>
/// <param name="Torn">Sectors that were never written explain it. Otherwise what is there is wrong.</param>
/// <param name="Offset">Where in the file.</param>
/// <param name="What">In words.</param>
public sealed record GroupDamage(bool Torn, long Offset, string What);
