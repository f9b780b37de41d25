using System.IO.Pipelines;
using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>
/// The binary door for transfers: frames one behind the other go from the connection's buffers straight into a batch's native memory, and
/// the answers, 24 bytes each, straight back. Nothing is allocated for a single transfer.
/// </summary>
internal static class BatchEndpoint
{
    /// <summary>Takes <c>POST /v1/transfers/batch</c> with a binary body.</summary>
    public static async Task SubmitAsync(HttpContext context, ApiServices services)
    {
        if (!WaitModes.TryParse(context.Request, out WaitMode wait))
        {
            await Problem.BadRequest(WaitModes.Explanation).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        TransferBatch? batch = services.Batches.TryRent();
        if (batch is null)
        {
            await Problem.Busy(services.BusyText).ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        IResult? refusal;
        try
        {
            refusal = await ReadAsync(context.Request.BodyReader, batch, services.Options.RequestBytesMax, context.RequestAborted).ConfigureAwait(false);
        }
        catch
        {
            services.Batches.Return(batch);
            throw;
        }

        if (refusal is not null)
        {
            services.Batches.Return(batch);
            await refusal.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        await BatchSubmission.RunAsync(context, services, batch, wait, BatchAnswers.WriteAsync).ConfigureAwait(false);
    }

    // Null when the body is in the batch, else why it is not taken.
    private static async ValueTask<IResult?> ReadAsync(PipeReader body, TransferBatch batch, int bytesMax, CancellationToken cancel)
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
