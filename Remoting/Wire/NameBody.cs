using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Remoting.Wire;

/// <summary>On which node an actor is that gets a number.</summary>
internal enum ActorHome : byte
{
    /// <summary>The node that reads.</summary>
    Reader = 0,

    /// <summary>The node that writes.</summary>
    Writer = 1,

    /// <summary>A third node.</summary>
    Other = 2,
}

/// <summary>
/// The body of a frame of kind Name: home (1) | at a third node: incarnation (4), length of its name (1), name | the path below the root, UTF-8,
/// <c>user/membership</c>, empty for a question. The frame's target is the number, its sender field the actor's own number (0: whoever is at the path when a
/// message comes) or the number of the question.
/// </summary>
internal static class NameBody
{
    /// <summary>Most bytes of a path.</summary>
    public const int PathBytesMax = 1024;

    public static void Write(IBufferWriter<byte> to, ActorHome home, NodeId other, string path)
    {
        Span<byte> span = to.GetSpan(1 + sizeof(uint) + 1 + byte.MaxValue + PathBytesMax);
        span[0] = (byte)home;
        int at = 1;
        if (home == ActorHome.Other)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(span[at..], other.Incarnation);
            at += sizeof(uint);
            GreetingText.Append(span, ref at, other.Name);
        }

        at += Encoding.UTF8.GetBytes(path, span[at..]);
        to.Advance(at);
    }

    /// <summary>Reads one. False when it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ActorHome home, out NodeId other, out string path)
    {
        home = ActorHome.Reader;
        other = default;
        path = "";
        if (body.Length < 1 || body[0] > (byte)ActorHome.Other)
        {
            return false;
        }

        home = (ActorHome)body[0];
        int at = 1;
        if (home == ActorHome.Other)
        {
            if (body.Length < at + sizeof(uint))
            {
                return false;
            }

            uint incarnation = BinaryPrimitives.ReadUInt32LittleEndian(body[at..]);
            at += sizeof(uint);
            if (!GreetingText.TryRead(body, ref at, out string node))
            {
                return false;
            }

            other = new NodeId(node, incarnation);
        }

        ReadOnlySpan<byte> rest = body[at..];
        if (rest.Length > PathBytesMax || !Utf8.IsValid(rest))
        {
            return false;
        }

        path = Encoding.UTF8.GetString(rest);
        return true;
    }
}
