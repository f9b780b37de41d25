using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <summary>A transfer that somebody signed, and what became of it so far.</summary>
internal sealed class SentTransfer(byte[] frame)
{
    public byte[] Frame { get; } = frame;

    public Hash256 Id { get; } = TransferIds.Compute(new TransferFrame(frame));

    public TransferBody Body => new TransferFrame(Frame).Body;

    /// <summary>With a batch that is on its way.</summary>
    public int Underway { get; set; }

    /// <summary>The last answer that is neither "pending" nor "busy"; null while there is none.</summary>
    public TransferAnswer? Answer { get; set; }
}
