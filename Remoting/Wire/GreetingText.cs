using System.Text;
using System.Text.Unicode;

namespace LeitherCluster.Remoting.Wire;

/// <summary>Texts of a greeting: a byte of length, then UTF-8.</summary>
internal static class GreetingText
{
    public const int BytesMax = byte.MaxValue;

    /// <summary>Appends a text, cut to what fits.</summary>
    public static void Append(Span<byte> to, ref int at, string text)
    {
        Utf8.FromUtf16(text, to.Slice(at + 1, BytesMax), out _, out int written, replaceInvalidSequences: true);
        to[at] = (byte)written;
        at += 1 + written;
    }

    /// <summary>Reads a text. False when the bytes end before it or are no UTF-8.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, ref int at, out string text)
    {
        text = "";
        if (at >= from.Length || from.Length - at - 1 < from[at])
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = from.Slice(at + 1, from[at]);
        if (!Utf8.IsValid(bytes))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        at += 1 + bytes.Length;
        return true;
    }
}
