using System.Buffers.Binary;
using System.IO.Pipelines;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Branches;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>
/// Writes the answers to a batch, in the order of its frames: as JSON when that is asked for, else 24 bytes each,
/// sequence(8) | branch(4) | place(4) | outcome(2) | zeros(6).
/// </summary>
internal static class BatchAnswers
{
    /// <summary>Content type of frames and of binary answers.</summary>
    public const string BinaryType = "application/octet-stream";

    private const int AnswersPerWrite = 128;

    public static Task WriteAsync(HttpContext context, TransferBatch batch, bool isFinal)
    {
        if (AcceptsJson(context.Request))
        {
            return WriteJsonAsync(context, batch, isFinal);
        }

        HttpResponse response = context.Response;
        response.StatusCode = isFinal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted;
        response.ContentType = BinaryType;
        response.ContentLength = (long)batch.Count * TransferAnswer.SizeBytes;
        WriteBinary(response.BodyWriter, batch, isFinal);
        return response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
    }

    /// <summary>Whether the client asks for bytes.</summary>
    public static bool AcceptsBinary(HttpRequest request) => request.Headers.Accept.ToString().Contains(BinaryType, StringComparison.OrdinalIgnoreCase);

    public static Task WriteJsonAsync(HttpContext context, TransferBatch batch, bool isFinal) => Results.Json(
        ContractMapper.Map(batch, isFinal),
        ApiJson.Default.BatchResult,
        statusCode: isFinal ? StatusCodes.Status200OK : StatusCodes.Status202Accepted).ExecuteAsync(context);

    private static bool AcceptsJson(HttpRequest request) => request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase);

    private static void WriteBinary(PipeWriter writer, TransferBatch batch, bool isFinal)
    {
        for (int first = 0; first < batch.Count; first += AnswersPerWrite)
        {
            int count = Math.Min(AnswersPerWrite, batch.Count - first);
            Span<byte> bytes = writer.GetSpan(count * TransferAnswer.SizeBytes)[..(count * TransferAnswer.SizeBytes)];
            bytes.Clear();
            for (int i = 0; i < count; i++)
            {
                TransferAnswer answer = batch.AnswerAt(first + i, isFinal);
                Span<byte> at = bytes[(i * TransferAnswer.SizeBytes)..];
                BinaryPrimitives.WriteUInt64LittleEndian(at, answer.Sequence.Value);
                BinaryPrimitives.WriteUInt32LittleEndian(at[8..], answer.Branch);
                BinaryPrimitives.WriteUInt32LittleEndian(at[12..], answer.Place);
                BinaryPrimitives.WriteUInt16LittleEndian(at[16..], (ushort)answer.Outcome);
            }

            writer.Advance(count * TransferAnswer.SizeBytes);
        }
    }
}
