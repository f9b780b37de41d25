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
    private const int WarmUpRequests = 3;
    private const int MeasuredRequests = 3;

    [Fact]
    public async Task Post_BinaryBatches_AllocateLessThanAByteATransfer()
    {
        await using TestLedger ledger = await TestLedger.StartAsync();
        using HttpClient http = ledger.Client();
        PrivateKey[] senders = [.. Enumerable.Range(1, SenderCount).Select(i => TestLedger.Key((byte)i))];
        foreach (PrivateKey sender in senders)
        {
            await ledger.GrantAsync(AccountIds.Of(sender.PublicKey), 1_000_000_000);
        }

        byte[][] bodies = [.. Enumerable.Range(0, WarmUpRequests + MeasuredRequests).Select(request => BodyOf(ledger, senders, request))];
        for (int i = 0; i < WarmUpRequests; i++)
        {
            await PostAsync(http, bodies[i]);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = WarmUpRequests; i < bodies.Length; i++)
        {
            await PostAsync(http, bodies[i]);
        }

        double perTransfer = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(MeasuredRequests * TransfersPerRequest);
        Assert.True(perTransfer < 1, $"{perTransfer:0.00} bytes a transfer");
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
