using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>
/// Transfers as JSON (docs/PROTOCOL.md, section 3) become frames in a batch. A payment or reservation without acceptance gets the one that
/// its receiver has registered, if there is one that covers it.
/// </summary>
internal static class JsonSubmission
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads the body into the batch: one object, or where <paramref name="isArray"/> says so an array of them.</summary>
    /// <returns>Null, or why it is not taken; then nothing of it is.</returns>
    public static async Task<IResult?> ReadAsync(HttpRequest request, ApiServices services, TransferBatch batch, bool isArray, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
        {
            return Problem.NotThisType(isArray ? $"application/json or {BatchAnswers.BinaryType}" : "application/json");
        }

        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(request.Body, Strict, cancel).ConfigureAwait(false);
        }
        catch (JsonException exception)
        {
            return Problem.BadRequest($"The body is no JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }

        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.ValueKind != (isArray ? JsonValueKind.Array : JsonValueKind.Object) || (isArray && root.GetArrayLength() == 0))
            {
                return Problem.BadRequest(isArray ? "The body must be an array of transfers." : "The body must be one transfer, an object.");
            }

            return await AppendAllAsync(root, services, batch, isArray, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<IResult?> AppendAllAsync(JsonElement root, ApiServices services, TransferBatch batch, bool isArray, CancellationToken cancel)
    {
        byte[] frame = ArrayPool<byte>.Shared.Rent(FrameLayout.FrameBytesMax);
        try
        {
            int index = 0;
            foreach (JsonElement transfer in isArray ? root.EnumerateArray().AsEnumerable() : [root])
            {
                byte[]? attached = await AttachAsync(transfer, services.Gateway, cancel).ConfigureAwait(false);
                if (!TransferJson.TryRead(attached ?? JsonMarshal.GetRawUtf8Value(transfer), frame, out int length, out string? field))
                {
                    return Malformed(isArray ? $"[{index}]" : "", field);
                }

                if (!batch.TryAppend(frame.AsSpan(0, length)))
                {
                    return Problem.TooLarge(TransferBatch.BytesMax);
                }

                index++;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private static IResult Malformed(string place, string field)
    {
        string where = (place, field) switch
        {
            ("", "") => "",
            (_, "") => $" At {place}.",
            ("", _) => $" At {field}.",
            _ => $" At {place}.{field}.",
        };
        return Problem.Refused(Outcome.Malformed, null, $"It is no well-formed transfer; see docs/PROTOCOL.md, section 3.{where}");
    }

    // The transfer with the acceptance that its receiver registered; null when it has one, needs none, or there is none.
    private static async ValueTask<byte[]?> AttachAsync(JsonElement transfer, ILedgerGateway gateway, CancellationToken cancel)
    {
        if (transfer.ValueKind != JsonValueKind.Object
            || transfer.TryGetProperty("acceptance", out _)
            || TextOf(transfer, "kind") is not ("pay" or "reserve")
            || !AccountId.TryParse(TextOf(transfer, "receiver"), out AccountId receiver)
            || !AccountId.TryParse(TextOf(transfer, "sender"), out AccountId sender)
            || !Amount.TryParse(TextOf(transfer, "amount"), decimals: 0, out Amount amount)
            || await gateway.FindAcceptanceAsync(receiver, sender, amount, cancel).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        JsonObject whole = JsonObject.Create(transfer)!;
        whole["acceptance"] = Describe(found.Receiver, found.Acceptance);
        return JsonSerializer.SerializeToUtf8Bytes(whole, ApiJson.Default.JsonObject);
    }

    private static JsonObject Describe(PublicKey receiver, StandingAcceptance acceptance)
    {
        StandingTerms terms = acceptance.Terms;
        var standing = new JsonObject
        {
            ["ledger"] = terms.Ledger.ToString(),
            ["receiver"] = terms.Receiver.ToString(),
            ["largestAmount"] = terms.LargestAmount.ToString(),
            ["expiry"] = terms.Expiry.UnixMs.ToString(),
            ["signature"] = acceptance.Signature.ToString(),
        };
        if (!terms.Payer.IsZero)
        {
            standing["payer"] = terms.Payer.ToString();
        }

        return new JsonObject { ["key"] = receiver.ToString(), ["standing"] = standing };
    }

    private static string? TextOf(JsonElement transfer, string name) =>
        transfer.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : null;
}
