using System.IO.Pipelines;
using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>
/// The binary door for transfers: frames one behind the other go from the connection's buffers straight into a batch's native memory, and
/// the answers, 24 bytes each, straight back. Nothing is allocated for a single transfer.
/// </summary>
internal static class BinarySubmission
{
    /// <summary>Reads the body into the batch.</summary>
    /// <returns>Null, or why it is not taken.</returns>
    public static async Task<IResult?> ReadAsync(PipeReader body, TransferBatch batch, int bytesMax, CancellationToken cancel)
    {
        while (true)
        {
            ReadResult result = await body.ReadAsync(cancel).ConfigureAwait(false);
            bool fits = result.Buffer.Length <= bytesMax - batch.LengthBytes;
            foreach (ReadOnlyMemory<byte> segment in result.Buffer)
            {
                fits = fits && batch.TryAppend(segment.Span);
            }

            body.AdvanceTo(result.Buffer.End);
            if (!fits)
            {
                return Problem.TooLarge(bytesMax);
            }

            if (result.IsCompleted)
            {
                return batch.LengthBytes == 0
                    ? Problem.BadRequest("The body holds no transfers; send frames as docs/PROTOCOL.md, section 3, lays them out.")
                    : null;
            }
        }
    }
}
