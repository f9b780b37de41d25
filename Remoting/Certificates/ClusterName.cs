using System.Buffers;

namespace LeitherCluster.Remoting.Certificates;

/// <summary>What clusters and nodes may be called: 1 to 48 letters, digits, '-', '.' and '_' of ASCII, so that a name is the same everywhere it is written.</summary>
public static class ClusterName
{
    /// <summary>Most characters of a name.</summary>
    public const int LengthMax = 48;

    private static readonly SearchValues<char> s_allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>Whether a cluster or node may be called that.</summary>
    public static bool IsValid(string? name) => name is { Length: > 0 and <= LengthMax } && !name.AsSpan().ContainsAnyExcept(s_allowed);
}
