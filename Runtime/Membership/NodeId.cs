using System.Buffers;
using System.Globalization;

namespace LeitherCluster.Runtime.Membership;

/// <summary>One life of a node: its name, and a number that every start raises. A node that comes back is another one.</summary>
public readonly record struct NodeId(string Name, uint Incarnation)
{
    /// <summary>Longest name, in characters, a byte each: so that a node's id as text fits wherever a writer's name does.</summary>
    public const int NameBytesMax = 48;

    private static readonly SearchValues<char> s_allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>Whether a node may bear that name: 1 to 48 letters, digits, '-', '.' and '_' of ASCII, as in its certificate.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= NameBytesMax } && !name.AsSpan().ContainsAnyExcept(s_allowed);

    /// <summary>Reads what <see cref="ToString"/> writes; false when it is something else.</summary>
    public static bool TryParse(string? text, out NodeId node)
    {
        int at = text?.LastIndexOf('#') ?? -1;
        if (at > 0
            && uint.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out uint incarnation)
            && incarnation > 0
            && IsName(text![..at]))
        {
            node = new NodeId(text[..at], incarnation);
            return true;
        }

        node = default;
        return false;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}#{Incarnation}");
}
