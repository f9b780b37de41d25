using System.Text;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Keys;

/// <summary>References written as text: UTF-8, filled up with zeros.</summary>
internal static class References
{
    /// <summary>The reference of a text.</summary>
    /// <exception cref="ArgumentException">It has more than 16 bytes.</exception>
    public static Reference Of(string text)
    {
        Span<byte> bytes = stackalloc byte[Reference.SizeBytes];
        bytes.Clear();
        Encoding.UTF8.GetBytes(text, bytes);
        return new Reference(bytes);
    }
}
