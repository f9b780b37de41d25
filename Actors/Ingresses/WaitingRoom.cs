namespace LeitherCluster.Actors.Ingresses;

/// <summary>Counts the batches that an ingress has been handed and has not opened yet.</summary>
/// <param name="countMax">how many may wait</param>
public sealed class WaitingRoom(int countMax)
{
    private int _count;

    /// <summary>One more waits, unless as many do as may.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= countMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>One that entered does not wait any more.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
