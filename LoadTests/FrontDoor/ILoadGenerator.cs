namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>Sends a load, and counts what becomes of it. Disposing gives up what is not answered.</summary>
internal interface ILoadGenerator : IDisposable
{
    /// <summary>Whether all is sent, or it failed.</summary>
    bool HasEnded { get; }

    /// <summary>What made it fail, as a sentence without an end; null while nothing did.</summary>
    string? Failure { get; }

    /// <summary>What its process had of a core so far.</summary>
    TimeSpan ProcessorTime { get; }

    /// <summary>Sends no more, and waits until it has ended.</summary>
    void Stop();

    /// <summary>Waits until all that was sent is answered; false when some is not within this time, and is given up.</summary>
    bool Drain(TimeSpan patience);
}
