using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>The numbers that this node has given to actors on one connection. References compare by identity or, remote ones, by what they mean.</summary>
internal sealed class NameTable(int namesMax)
{
    private readonly Dictionary<IActorRef, ulong> _numbers = [];

    /// <summary>A message may need two numbers more, and there is no room for them.</summary>
    public bool IsFull => _numbers.Count + 2 > namesMax;

    /// <summary>True: it has that number. False: it has it from now on.</summary>
    public bool TryGet(IActorRef actor, out ulong number)
    {
        if (_numbers.TryGetValue(actor, out number))
        {
            return true;
        }

        number = (ulong)_numbers.Count + 1;
        _numbers.Add(actor, number);
        return false;
    }

    public void Forget() => _numbers.Clear();
}
