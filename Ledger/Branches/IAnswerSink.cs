namespace LeitherCluster.Ledger.Branches;

/// <summary>Takes the answers to those who wait for transfers of a window.</summary>
public interface IAnswerSink
{
    /// <summary>One party's final answer.</summary>
    void Answer(Waiter waiter, in TransferAnswer answer);
}
