using System.Globalization;
using System.Text;

namespace LeitherCluster.Runtime.Membership;

/// <summary>One life of a node: its name, and a number that every start raises. A node that comes back is another one.</summary>
public readonly record struct NodeId(string Name, uint Incarnation)
{
    /// <summary>Longest name, in bytes of UTF-8: so that a node's id as text fits wherever a writer's name does.</summary>
    public const int NameBytesMax = 48;

    /// <summary>Whether a node may bear that name: 1 to 48 bytes, no '/' and no '#', no space and no control character.</summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 } && Encoding.UTF8.GetByteCount(name) <= NameBytesMax && !name.Any(static c => c is '/' or '#' || char.IsControl(c) || char.IsWhiteSpace(c));

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
