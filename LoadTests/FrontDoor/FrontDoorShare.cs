namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>Which batches one of several generators sends, and since when they are counted.</summary>
/// <param name="FirstBatch">the first of the load, whoever sends it</param>
/// <param name="EndBatch">after the last of the load</param>
/// <param name="Index">which generator</param>
/// <param name="Count">of how many</param>
/// <param name="UnderWayMax">requests that this one may have under way</param>
/// <param name="StartTicks">when the load begins, by the stopwatch, which is the machine's and so the same in all processes</param>
internal readonly record struct FrontDoorShare(int FirstBatch, int EndBatch, int Index, int Count, int UnderWayMax, long StartTicks)
{
    public bool IsMine(int batch) => batch % Count == Index;
}
