namespace LeitherCluster.Actors.Nodes;

/// <summary>How many streams of living owners move at once: more after a hand-over that cost little time, fewer after one that cost much.</summary>
public sealed class HandOverPace
{
    /// <summary>At the least.</summary>
    public const int Min = 8;

    /// <summary>At the most.</summary>
    public const int Max = 128;

    /// <summary>To begin with.</summary>
    public const int First = 32;

    /// <summary>Beyond the time between two beats: what costs less lets twice as many move the next time.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(500);

    /// <summary>Beyond the time between two beats: what costs more lets half as many move the next time.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    public int MovesAtOnce { get; private set; } = First;

    /// <summary>Notes a hand-over.</summary>
    /// <param name="cost">from the wish to pause until the next beat had ended, beyond the time between two beats</param>
    public void Note(TimeSpan cost)
    {
        if (cost < Quick)
        {
            MovesAtOnce = Math.Min(2 * MovesAtOnce, Max);
        }
        else if (cost > Slow)
        {
            MovesAtOnce = Math.Max(MovesAtOnce / 2, Min);
        }
    }
}
