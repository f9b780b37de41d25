using LeitherCluster.Actors.Gateway;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>How a batch comes to an ingress, from any thread: while there is room.</summary>
public sealed record IngressDoor(IActorRef Ingress, WaitingRoom Room)
{
    /// <summary>Hands a batch over; false, and nothing taken, when as many wait as may.</summary>
    public bool TrySubmit(TransferBatch batch)
    {
        if (!Room.TryEnter())
        {
            return false;
        }

        if (Ingress.TryTell(batch.Submission))
        {
            return true;
        }

        Room.Leave();
        return false;
    }
}
