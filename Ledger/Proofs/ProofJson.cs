using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>
/// The parts that both kinds of proof have in their JSON form. Reading throws <see cref="FormatException"/> for a field that is
/// none; whoever reads a whole proof catches that.
/// </summary>
internal static class ProofJson
{
    public static RecordDocument ToDocument(in AccountRecord record) => new(
        record.Id.ToString(),
        (uint)record.Flags,
        ToText(record.Balance.Units),
        ToText(record.Frozen.Units),
        ToText(record.NonceHighest),
        ToText(record.NonceBitmap),
        ToText(record.Salt));

    public static IncludedLeaf ToLeaf(RecordDocument record, string? dataRoot) => new(
        new AccountRecord
        {
            Id = AccountId.Parse(record.Account),
            Flags = (RecordFlags)record.Flags,
            Balance = new Amount(ToNumber(record.Balance)),
            Frozen = new Amount(ToNumber(record.Frozen)),
            NonceHighest = ToNumber(record.NonceHighest),
            NonceBitmap = ToNumber(record.NonceBitmap),
            Salt = ToNumber(record.Salt),
        },
        dataRoot is null ? null : Hash256.Parse(dataRoot));

    [return: NotNullIfNotNull(nameof(number))]
    public static string? ToText(ulong? number) => number?.ToString(CultureInfo.InvariantCulture);

    public static ulong? ToSum(string? text) => text is null ? null : ToNumber(text);

    /// <summary>Reads a document; null if the text is none.</summary>
    public static T? Read<T>(string json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ulong ToNumber(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new FormatException("A number is up to 20 decimal digits and below 2^64.");
}
