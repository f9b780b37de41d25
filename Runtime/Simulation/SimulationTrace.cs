using System.Text;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>The last steps for reading, and a hash over all of them for comparing.</summary>
internal sealed class SimulationTrace(int length)
{
    private readonly Entry[] _entries = new Entry[Math.Max(1, length)];
    private readonly Dictionary<string, ulong> _nameHashes = new(StringComparer.Ordinal);
    private long _count;

    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    public void Add(long nowTicks, SimulatedNode node, StepKind kind, string name, ActorPath? actor, ulong identity)
    {
        if (!_nameHashes.TryGetValue(name, out ulong nameHash))
        {
            nameHash = HashOf(name);
            _nameHashes.Add(name, nameHash);
        }

        Mix((ulong)nowTicks);
        Mix(((ulong)node.Index << 8) | (byte)kind);
        Mix(nameHash);
        Mix(identity);
        _entries[_count++ % _entries.Length] = new Entry(nowTicks, node, kind, name, actor);
    }

    /// <summary>A timer or another due event, which is no step by itself.</summary>
    public void AddEvent(long nowTicks, SimulatedNode? node)
    {
        Mix((ulong)nowTicks);
        Mix((ulong)(node?.Index ?? -1));
    }

    public string Describe()
    {
        StringBuilder text = new();
        for (long i = Math.Max(0, _count - _entries.Length); i < _count; i++)
        {
            Entry entry = _entries[i % _entries.Length];
            text.Append($"{i + 1,8} {entry.NowTicks / 10_000.0,12:F4} ms {entry.Node.Name,-8} {entry.Kind,-8} {entry.Name} {entry.Actor}\n");
        }

        return text.ToString();
    }

    /// <summary>FNV-1a over the characters, the same in every process.</summary>
    public static ulong HashOf(string text)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return hash;
    }

    private void Mix(ulong value)
    {
        ulong mixed = (Hash ^ value) * 0x9E3779B97F4A7C15;
        Hash = mixed ^ (mixed >> 29);
    }

    private readonly record struct Entry(long NowTicks, SimulatedNode Node, StepKind Kind, string Name, ActorPath? Actor);
}
