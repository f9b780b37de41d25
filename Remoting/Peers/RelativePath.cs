using System.Diagnostics.CodeAnalysis;
using System.Text;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>Paths without their root: on each node it bears another name.</summary>
internal static class RelativePath
{
    /// <summary>The path below its root: <c>user/membership</c>.</summary>
    public static string Of(ActorPath path)
    {
        string text = path.ToString();
        int scheme = text.IndexOf("//", StringComparison.Ordinal) + 2;
        int root = text.IndexOf('/', scheme);
        return root < 0 ? "" : text[(root + 1)..];
    }

    /// <summary>Whether it fits into a frame.</summary>
    public static bool Fits(ActorPath path) => Encoding.UTF8.GetByteCount(path.ToString()) <= NameBody.PathBytesMax;

    /// <summary>The path under a root. False when there is none like that.</summary>
    public static bool TryUnder(ActorPath root, string path, [NotNullWhen(true)] out ActorPath? whole)
    {
        whole = null;
        ActorPath at = root;
        foreach (string name in path.Split('/'))
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyInRange('\0', '\x1F') || name.AsSpan().ContainsAnyInRange('\x7F', '\x9F'))
            {
                return false;
            }

            at = at.Child(name);
        }

        whole = at;
        return true;
    }
}
