using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// A transfer as JSON (docs/PROTOCOL.md, section 3), and back into the same bytes: ids, keys, signatures and references in hexadecimal digits,
/// 64-bit numbers as strings of decimal digits (a JSON integer is taken, too), amounts in the smallest unit. What follows from the rest, lengths and
/// the items root, is not in it.
/// </summary>
public static partial class TransferJson
{
    /// <summary>The longest document worth reading: the largest bundle, with room for white space.</summary>
    public const int Utf8BytesMax = 1 << 21;

    private static readonly string[] KindNames = ["", "pay", "issue", "reserve", "post", "release", "bundle", "issue-bundle"];

    /// <summary>
    /// Reads one transfer into a frame, for which <see cref="FrameLayout.FrameBytesMax"/> bytes are always enough. When it returns false, the
    /// transfer is <see cref="Outcome.Malformed"/>, and <paramref name="field"/> says where: a field's name, such as <c>items[3].acceptance.key</c>.
    /// What it accepts, <see cref="FrameCheck"/> finds well-formed. It throws for no document.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, Span<byte> frame, out int lengthBytes, [NotNullWhen(false)] out string? field)
    {
        lengthBytes = 0;
        try
        {
            StrictJson json = new(utf8);
            bool isTransfer = TryRead(ref json, frame, out lengthBytes) && json.IsAtEnd();
            field = isTransfer ? null : json.Field ?? "";
            return isTransfer;
        }
        catch (JsonException exception)
        {
            field = StrictJson.PlaceOf(exception);
            return false;
        }
    }

    /// <summary>Writes a well-formed frame as one object.</summary>
    public static void Write(Utf8JsonWriter writer, in TransferFrame frame)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ref readonly TransferBody body = ref frame.Body;
        writer.WriteStartObject();
        WriteBody(writer, body);
        if (body.Kind == TransferKind.Reserve)
        {
            writer.WriteStartObject("hold");
            writer.WriteString("expiry", NumberText(frame.HoldTerms.Expiry.UnixMs));
            WriteUnlessZero(writer, "controller", frame.HoldTerms.Controller);
            writer.WriteEndObject();
        }
        else if (body.Kind == TransferKind.Post)
        {
            writer.WriteString("held", NumberText(frame.HeldBefore.Units));
        }

        WriteSigner(writer, frame.SignerKey, frame.SignerSignature);
        WriteAcceptance(writer, Acceptance.Of(frame));

        if (FrameLayout.IsBundle(body.Kind))
        {
            writer.WriteStartArray("items");
            foreach (BundleItem item in frame.Items)
            {
                writer.WriteStartObject();
                WriteItem(writer, item);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    internal static void WriteBody(Utf8JsonWriter writer, in TransferBody body)
    {
        writer.WriteString("kind", KindNames[(int)body.Kind]);
        writer.WriteString("ledger", body.Ledger.ToString());
        writer.WriteString("sender", body.Sender.ToString());
        WriteUnlessZero(writer, "receiver", body.Receiver);
        writer.WriteString("amount", NumberText(body.Amount.Units));
        writer.WriteString("nonce", NumberText(body.Nonce));
        writer.WriteString("expiry", NumberText(body.Expiry.UnixMs));
        writer.WriteString("reference", body.Reference.ToString());
    }

    internal static void WriteItem(Utf8JsonWriter writer, in BundleItem item)
    {
        writer.WriteString("receiver", item.Receiver.ToString());
        writer.WriteString("amount", NumberText(item.Amount.Units));
        writer.WriteString("reference", item.Reference.ToString());
        WriteAcceptance(writer, Acceptance.Of(item));
    }
}
