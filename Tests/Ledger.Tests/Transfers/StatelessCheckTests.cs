using System.Buffers.Binary;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed class StatelessCheckTests
{
    private readonly Judge _judge = new();

    public static TheoryData<string> Names => [.. Samples.Frames.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_GoodFrame_Passes(string name)
    {
        Assert.Equal(Outcome.Pending, _judge.One(Samples.Frames[name]));
        Assert.Equal(Outcome.Pending, _judge.One(Samples.Frames[name], SignatureMode.VerifiedBefore));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_AnyBitFlipped_IsRefused(string name)
    {
        byte[] frame = [.. Samples.Frames[name]];
        for (int bit = 0; bit < 8 * frame.Length; bit++)
        {
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            if (bit >= 32)
            {
                Assert.True(_judge.One(frame) is >= Outcome.Malformed and <= Outcome.NotAccepted, $"byte {bit / 8}, bit {bit % 8}");
            }
            else
            {
                Assert.Equal(Outcome.Malformed, FrameCheck.Check(frame).Outcome);
            }

            frame[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData("pay, signed", 12, Outcome.WrongLedger)]
    [InlineData("pay, signed", 32, Outcome.BadSignature)] // sender
    [InlineData("pay, signed", 52, Outcome.BadSignature)] // receiver: the sender did not sign that
    [InlineData("pay, signed", 73, Outcome.BadSignature)] // amount
    [InlineData("pay, signed", 80, Outcome.BadSignature)] // nonce
    [InlineData("pay, signed", 88, Outcome.BadSignature)] // expiry
    [InlineData("pay, signed", 95, Outcome.ExpiryTooFar)] // expiry, its highest byte
    [InlineData("pay, signed", 96, Outcome.BadSignature)] // reference
    [InlineData("pay, signed", 112, Outcome.BadSignature)] // sender's key
    [InlineData("pay, signed", 144, Outcome.BadSignature)] // sender's signature
    [InlineData("pay, signed", 207, Outcome.BadSignature)]
    [InlineData("pay, signed", 208, Outcome.NotAccepted)] // receiver's key
    [InlineData("pay, signed", 240, Outcome.NotAccepted)] // receiver's signature
    [InlineData("pay, signed", 303, Outcome.NotAccepted)]
    [InlineData("pay, standing", 244, Outcome.NotAccepted)] // ledger of the terms
    [InlineData("pay, standing", 264, Outcome.NotAccepted)] // receiver of the terms
    [InlineData("pay, standing", 284, Outcome.NotAccepted)] // payer of the terms
    [InlineData("pay, standing", 304, Outcome.NotAccepted)] // largest amount
    [InlineData("pay, standing", 312, Outcome.NotAccepted)] // expiry of the terms
    [InlineData("pay, standing", 320, Outcome.NotAccepted)] // signature of the terms
    [InlineData("reserve, signed", 112, Outcome.BadSignature)] // hold's expiry
    [InlineData("reserve, signed", 119, Outcome.ExpiryTooFar)]
    [InlineData("reserve, signed", 120, Outcome.BadSignature)] // controller
    [InlineData("post", 112, Outcome.BadSignature)] // amount held before
    [InlineData("post", 144, Outcome.BadSignature)] // signer's key
    [InlineData("issue", 32, Outcome.BadSignature)] // not the organization
    [InlineData("bundle", 144, Outcome.BadSignature)] // sender's key
    [InlineData("bundle", 288, Outcome.NotAccepted)] // first item's receiver's key
    [InlineData("bundle", 700, Outcome.NotAccepted)] // in the items' acceptances
    public void Run_FieldChanged_SaysWhichRule(string name, int place, Outcome expected)
    {
        byte[] frame = [.. Samples.Frames[name]];
        frame[place] ^= 0x10;
        Assert.Equal(expected, _judge.One(frame));
    }

    [Fact]
    public void Run_SeveralFaults_TheLowestNumberWins()
    {
        Timestamp tooFar = new(Samples.Now.UnixMs + Samples.Parameters.ExpiryAheadMs + 1);
        TransferBody body = Samples.Body(TransferKind.Pay) with { Expiry = tooFar, Amount = Amount.Zero };
        byte[] frame = PayWithBadAcceptance(body with { Ledger = default });
        frame[150] ^= 1;
        Assert.Equal(Outcome.WrongLedger, _judge.One(frame));
        frame[5] = 1;
        Assert.Equal(Outcome.Malformed, _judge.One(frame));

        Assert.Equal(Outcome.AmountZero, _judge.One(PayWithBadAcceptance(body)));
        Assert.Equal(Outcome.BelowMinimum, _judge.One(PayWithBadAcceptance(body with { Amount = new Amount(4) })));
        frame = PayWithBadAcceptance(body with { Amount = new Amount(5) });
        frame[150] ^= 1;
        Assert.Equal(Outcome.ExpiryTooFar, _judge.One(frame));
        frame = PayWithBadAcceptance(body with { Amount = new Amount(5), Expiry = new Timestamp(tooFar.UnixMs - 1) });
        Assert.Equal(Outcome.NotAccepted, _judge.One(frame));
        frame[150] ^= 1;
        Assert.Equal(Outcome.BadSignature, _judge.One(frame));
        Assert.Equal(Outcome.Pending, _judge.One(frame, SignatureMode.VerifiedBefore));
    }

    [Fact]
    public void Run_TermsThatDoNotCover_AreRefusedWithOrWithoutSignatures()
    {
        StandingTerms terms = Samples.Terms();
        Assert.Equal(Outcome.Pending, Stands(terms with { Payer = default }));
        Assert.Equal(Outcome.Pending, Stands(terms with { LargestAmount = new Amount(120) }));
        Assert.Equal(Outcome.Pending, Stands(terms with { Expiry = default }));
        Assert.Equal(Outcome.NotAccepted, Stands(terms with { LargestAmount = new Amount(119) }));
        Assert.Equal(Outcome.NotAccepted, Stands(terms with { Payer = Samples.Id(Samples.Carol) }));
        Assert.Equal(Outcome.NotAccepted, Stands(terms with { Receiver = Samples.Id(Samples.Carol) }));
        Assert.Equal(Outcome.NotAccepted, Stands(terms with { Ledger = default }));
        Assert.Equal(Outcome.Malformed, Stands(terms with { Version = 2 }));
        Assert.Equal(Outcome.Malformed, Stands(terms with { Version = 0x101 }));

        // The payer's signature is asked first: a sender that did not sign is told so.
        byte[] frame = Samples.PayStanding(Samples.Body(TransferKind.Pay), terms with { LargestAmount = new Amount(1) });
        frame[150] ^= 1;
        Assert.Equal(Outcome.BadSignature, _judge.One(frame));
    }

    [Fact]
    public void Run_KeyThatDoesNotOpenTheAccount_IsRefusedEvenIfSignaturesWereVerified()
    {
        TransferBody body = Samples.Body(TransferKind.Pay);
        byte[] wrongSigner = Samples.Frame(frame => TransferBuilder.Pay(
            frame, body, Samples.Carol, Acceptance.BySignature(Samples.Bob.PublicKey, TransferBuilder.Sign(body, Samples.Bob))));
        byte[] wrongReceiver = Samples.Frame(frame => TransferBuilder.Pay(
            frame, body, Samples.Alice, Acceptance.BySignature(Samples.Carol.PublicKey, TransferBuilder.Sign(body, Samples.Carol))));
        byte[] bothWrong = Samples.Frame(frame => TransferBuilder.Pay(
            frame, body, Samples.Carol, Acceptance.BySignature(Samples.Carol.PublicKey, TransferBuilder.Sign(body, Samples.Carol))));
        foreach (SignatureMode mode in Enum.GetValues<SignatureMode>())
        {
            Assert.Equal(Outcome.BadSignature, _judge.One(wrongSigner, mode));
            Assert.Equal(Outcome.NotAccepted, _judge.One(wrongReceiver, mode));
            Assert.Equal(Outcome.BadSignature, _judge.One(bothWrong, mode));
        }
    }

    [Fact]
    public void Run_IssueByAnybodyElse_IsRefused()
    {
        byte[] frame = Samples.Frame(static frame => TransferBuilder.Issue(frame, Samples.Body(TransferKind.Issue), Samples.Alice));
        Assert.Equal(Outcome.BadSignature, _judge.One(frame));
        Assert.Equal(Outcome.BadSignature, _judge.One(frame, SignatureMode.VerifiedBefore));
    }

    [Fact]
    public void Run_Bundle_EveryItemIsHeldToTheRules()
    {
        TransferBody body = Samples.Body(TransferKind.Bundle);
        Assert.Equal(Outcome.AmountZero, _judge.One(Samples.Bundle(body, [10, 0, 10])));
        Assert.Equal(Outcome.BelowMinimum, _judge.One(Samples.Bundle(body, [10, 10, 4])));
        Assert.Equal(Outcome.Pending, _judge.One(Samples.Bundle(body, [1_000, 5_000, 1_000])));
        Assert.Equal(Outcome.NotAccepted, _judge.One(Samples.Bundle(body, [1_000, 5_000, 1_001])));
        Assert.Equal(Outcome.ExpiryTooFar, _judge.One(Samples.Bundle(body with { Expiry = new Timestamp(ulong.MaxValue) }, [10])));

        byte[] overflow = Samples.IssueBundle([100, 200]);
        BinaryPrimitives.WriteUInt64LittleEndian(overflow.AsSpan(240 + 24), ulong.MaxValue);
        ItemTree.Root(overflow.AsSpan(FrameLayout.ItemsOffset)).CopyTo(overflow.AsSpan(112));
        Assert.Equal(Outcome.AmountOverflow, _judge.One(overflow));
        BinaryPrimitives.WriteUInt64LittleEndian(overflow.AsSpan(240 + 48 + 24), 0);
        ItemTree.Root(overflow.AsSpan(FrameLayout.ItemsOffset)).CopyTo(overflow.AsSpan(112));
        Assert.Equal(Outcome.Malformed, _judge.One(overflow));
    }

    [Fact]
    public void Run_ItemSignedForAnotherBundle_IsRefused()
    {
        TransferBody body = Samples.Body(TransferKind.Bundle);
        byte[] good = Samples.Bundle(body, [10, 20, 30]);
        byte[] other = Samples.Bundle(body with { Nonce = 10 }, [10, 20, 30]);
        int itemAt = FrameLayout.ItemsOffset + FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes;
        int length = FrameLayout.ItemBytes + FrameLayout.SignedAcceptanceBytes;
        Assert.Equal(Outcome.Pending, _judge.One(other));
        other.AsSpan(itemAt, length).CopyTo(good.AsSpan(itemAt));
        Assert.Equal(Outcome.NotAccepted, _judge.One(good));
    }

    [Fact]
    public void Run_SmallOrderKey_IsRefused()
    {
        // With the neutral element for a key and for R, and s = 0, RFC 8032's equation holds for every message.
        PublicKey neutral = new([1, .. new byte[31]]);
        byte[] frame = [.. Samples.Frames["post"]];
        neutral.CopyTo(frame.AsSpan(144));
        byte[] signature = [1, .. new byte[63]];
        signature.CopyTo(frame, 176);
        Assert.Equal(Outcome.BadSignature, _judge.One(frame));
    }

    [Fact]
    public void Run_StandingAcceptanceVerifiedOnce_IsStillBoundToItsBytes()
    {
        byte[] frame = Samples.PayStanding(Samples.Body(TransferKind.Pay), Samples.Terms());
        Assert.Equal(Outcome.Pending, _judge.One(frame));
        Assert.Equal(Outcome.Pending, _judge.One(frame));
        for (int place = 304; place < 384; place++)
        {
            byte[] changed = [.. frame];
            changed[place] ^= 0x80;
            Assert.Equal(Outcome.NotAccepted, _judge.One(changed));
        }
    }

    [Fact]
    public void Run_ManyInOneBatch_SaysWhatItSaysOfEachAlone()
    {
        Random random = new(7);
        byte[][] good = [.. Samples.Frames.Values];
        List<byte[]> frames = [];
        for (int i = 0; i < 1_500; i++)
        {
            byte[] frame = [.. good[random.Next(good.Length)]];
            if (random.Next(2) == 0)
            {
                frame[random.Next(4, frame.Length)] ^= (byte)(1 << random.Next(8));
            }

            frames.Add(frame);
        }

        Assert.Equal(frames.Select(frame => _judge.One(frame)), _judge.Many(frames));
    }

    [Fact]
    public void Run_HundredThousandRandomFrames_EachIsRefused()
    {
        Random random = new(2024);
        byte[][] good = [.. Samples.Frames.Values];
        int[] refusals = new int[(int)Outcome.Busy + 1];
        for (int i = 0; i < 100_000; i++)
        {
            byte[] frame = i % 4 == 0 ? RandomFrame(random) : Mangled(good[random.Next(good.Length)], random);
            Outcome outcome = FrameCheck.Check(frame).Outcome == Outcome.Malformed ? Outcome.Malformed : _judge.One(frame);
            Assert.InRange(outcome, Outcome.Malformed, Outcome.NotAccepted);
            refusals[(int)outcome]++;
        }

        Assert.All([Outcome.Malformed, Outcome.WrongLedger, Outcome.ExpiryTooFar, Outcome.BadSignature, Outcome.NotAccepted],
            outcome => Assert.NotEqual(0, refusals[(int)outcome]));
    }

    [Fact]
    public void Run_SecondTime_AllocatesNothing()
    {
        byte[][] frames = [.. Enumerable.Repeat(Samples.Frames.Values, 3).SelectMany(static frames => frames)];
        AllocationProbe probe = new(frames);
        Assert.Equal(0, probe.BytesOfLaterRuns(SignatureMode.Verify));
        Assert.Equal(0, probe.BytesOfLaterRuns(SignatureMode.VerifiedBefore));
    }

    private Outcome Stands(StandingTerms terms)
    {
        byte[] frame = Samples.PayStanding(Samples.Body(TransferKind.Pay), terms);
        Outcome outcome = _judge.One(frame);
        Assert.Equal(outcome, _judge.One(frame, SignatureMode.VerifiedBefore));
        return outcome;
    }

    private static byte[] PayWithBadAcceptance(TransferBody body)
    {
        byte[] frame = Samples.Pay(body);
        frame[^1] ^= 1;
        return frame;
    }

    private static byte[] RandomFrame(Random random)
    {
        byte[] frame = new byte[8 * random.Next(FrameLayout.FrameBytesMin / 8, 80)];
        random.NextBytes(frame);
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length);
        frame.AsSpan(5, 3).Clear();
        frame[4] = (byte)random.Next(3);
        frame[8] = 1;
        frame[9] = (byte)random.Next(9);
        frame[10] = (byte)random.Next(3);
        frame[11] = 0;
        return frame;
    }

    private static byte[] Mangled(byte[] good, Random random)
    {
        byte[] frame = [.. good];
        for (int changes = random.Next(1, 5); changes > 0; changes--)
        {
            int at = random.Next(4, frame.Length);
            frame[at] = (byte)(frame[at] + random.Next(1, 256));
        }

        if (frame.AsSpan().SequenceEqual(good))
        {
            frame[^1]++;
        }

        return frame;
    }
}
