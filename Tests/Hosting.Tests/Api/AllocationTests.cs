using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Api;

/// <summary>From the socket to the answer, client and ledger included, a transfer costs no memory of the garbage collector's.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int SenderCount = 50;
    private const int BundlesPerSender = 10;
    private const int ItemsPerBundle = 200;
    private const int TransfersPerRequest = SenderCount * BundlesPerSender * ItemsPerBundle;
    private const int WarmUpRequests = 6;
    private const int MeasuredRequests = 4;

    [Fact]
    public async Task Post_BinaryBatches_AllocateLessThanAByteATransfer()
    {
        await using TestLedger ledger = await TestLedger.StartAsync(options => options with { PlacesInMemoryMax = 4 * TransfersPerRequest });
        using HttpClient http = ledger.Client();
        PrivateKey[] senders = [.. Enumerable.Range(1, SenderCount).Select(i => TestLedger.Key((byte)i))];
        foreach (PrivateKey sender in senders)
        {
            await ledger.GrantAsync(AccountIds.Of(sender.PublicKey), 1_000_000_000);
        }

        // Buffers grow to what the load needs, and the index of places begins to write to disk: that is not the steady state.
        for (int i = 0; i < WarmUpRequests; i++)
        {
            await PostAsync(http, BodyOf(ledger, senders, i));
        }

        byte[][] bodies = [.. Enumerable.Range(WarmUpRequests, MeasuredRequests).Select(request => BodyOf(ledger, senders, request))];
        // How a load falls into pulses decides when a buffer grows once more: what counts is what a request costs when none does.
        long least = long.MaxValue;
        foreach (byte[] body in bodies)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await PostAsync(http, body);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(least < TransfersPerRequest, $"{least} bytes for {TransfersPerRequest} transfers");
    }

    private static async Task PostAsync(HttpClient http, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using HttpResponseMessage response = await http.PostAsync("/v1/transfers/batch", content);
        byte[] answers = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(SenderCount * BundlesPerSender * TransferAnswer.SizeBytes, answers.Length);
        for (int at = 0; at < answers.Length; at += TransferAnswer.SizeBytes)
        {
            Assert.Equal((ushort)Outcome.Committed, BinaryPrimitives.ReadUInt16LittleEndian(answers.AsSpan(at + 16)));
        }
    }

    private static byte[] BodyOf(TestLedger ledger, PrivateKey[] senders, int request)
    {
        using var body = new MemoryStream();
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        PrivateKey receiver = senders[0];
        AccountId receiverId = AccountIds.Of(receiver.PublicKey);
        Acceptance acceptance = Acceptance.ByStanding(receiver.PublicKey, StandingAcceptance.Sign(
            new StandingTerms
            {
                Version = StandingTerms.CurrentVersion,
                Ledger = ledger.Parameters.Ledger,
                Receiver = receiverId,
                LargestAmount = new Amount(ulong.MaxValue),
                Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds()),
            },
            receiver));
        foreach (PrivateKey sender in senders)
        {
            for (int bundle = 0; bundle < BundlesPerSender; bundle++)
            {
                ulong nonce = (ulong)((request * BundlesPerSender) + bundle + 1);
                var builder = new BundleBuilder(frame, ledger.Body(TransferKind.Bundle, sender, default, 0, nonce));
                for (int item = 0; item < ItemsPerBundle; item++)
                {
                    builder.Add(receiverId, new Amount(1), default, acceptance);
                }

                body.Write(frame, 0, builder.Finish(sender));
            }
        }

        return body.ToArray();
    }
}
