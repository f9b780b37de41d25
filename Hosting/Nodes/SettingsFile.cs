using System.Text.Json;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>The configuration file of a node's folder, with which <c>leither node --data FOLDER</c> is enough.</summary>
internal static class SettingsFile
{
    private static readonly JsonWriterOptions s_readable = new() { Indented = true };

    /// <summary>Writes a node's settings, by name.</summary>
    public static void Write(LedgerFolder folder, IReadOnlyDictionary<string, string> settings)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, s_readable))
        {
            json.WriteStartObject();
            foreach ((string name, string value) in settings.OrderBy(static setting => setting.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        SecretFile.Write(folder.ConfigurationFile, System.Text.Encoding.UTF8.GetString(text.ToArray()) + "\n");
    }
}
