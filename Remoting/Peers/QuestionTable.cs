using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>
/// References that no path leads to and that wait for one answer from another node. The newest so many are kept: a question that gets none is
/// overwritten in time, so that nothing has to end it.
/// </summary>
internal sealed class QuestionTable(int capacity)
{
    private readonly Lock _gate = new();
    private readonly (ulong Number, IActorRef? Asker)[] _slots = new (ulong, IActorRef?)[capacity];
    private ulong _last;

    /// <summary>Gives a question its number, from 1.</summary>
    public ulong Add(IActorRef asker)
    {
        lock (_gate)
        {
            ulong number = ++_last;
            _slots[number & (ulong)(_slots.Length - 1)] = (number, asker);
            return number;
        }
    }

    /// <summary>Takes the asker out; null when it was answered already or is too old.</summary>
    public IActorRef? Take(ulong number)
    {
        lock (_gate)
        {
            ref (ulong Number, IActorRef? Asker) slot = ref _slots[number & (ulong)(_slots.Length - 1)];
            if (slot.Number != number)
            {
                return null;
            }

            IActorRef? asker = slot.Asker;
            slot.Asker = null;
            return asker;
        }
    }
}
