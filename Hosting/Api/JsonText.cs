using System.Buffers;
using System.Text.Json;

namespace LeitherCluster.Hosting.Api;

/// <summary>The ledger's own JSON writers, where a whole value is needed.</summary>
internal static class JsonText
{
    /// <summary>What is written, as UTF-8.</summary>
    public static byte[] BytesOf(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What is written, as a value to put into another.</summary>
    public static JsonElement Of(Action<Utf8JsonWriter> write) => Parse(BytesOf(write));

    /// <summary>Text that is known to be JSON, as a value.</summary>
    public static JsonElement Parse(ReadOnlyMemory<byte> utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        return document.RootElement.Clone();
    }
}
