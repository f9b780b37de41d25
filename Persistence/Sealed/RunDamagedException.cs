namespace LeitherCluster.Persistence.Sealed;

/// <summary>A page of a run is not what was written. The index drops the run; nobody outside sees this.</summary>
internal sealed class RunDamagedException(SealedRun run, long offset) : Exception($"{run.Name} at {offset}: the page is not what was written")
{
    public SealedRun Run { get; } = run;

    public long Offset { get; } = offset;
}
