using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed class TransferBuilderTests
{
    [Fact]
    public void Frame_ReadBack_SaysWhatWasPutIn()
    {
        TransferFrame pay = new(Samples.Frames["pay, standing"]);
        Assert.Equal(Samples.Body(TransferKind.Pay), pay.Body);
        Assert.Equal(AcceptanceForm.Standing, pay.AcceptanceForm);
        Assert.Equal(Samples.Alice.PublicKey, pay.SignerKey);
        Assert.Equal(Samples.Bob.PublicKey, pay.ReceiverKey);
        Assert.Equal(Samples.Terms(), pay.Standing.Terms);
        Assert.Equal(TransferBuilder.Sign(pay.Body, Samples.Alice), pay.SignerSignature);

        TransferFrame reserve = new(Samples.Frames["reserve, signed"]);
        Assert.Equal(Samples.HoldTerms(), reserve.HoldTerms);
        Assert.Equal(TransferBuilder.Sign(reserve.Body, reserve.HoldTerms, Samples.Bob), reserve.ReceiverSignature);
        Assert.Equal(new Amount(250), new TransferFrame(Samples.Frames["post"]).HeldBefore);
    }

    [Fact]
    public void Bundle_ReadBack_HasItsItemsInOrder()
    {
        TransferFrame bundle = new(Samples.Frames["bundle"]);
        Assert.Equal(5, bundle.Body.ItemNumber);
        Assert.Equal(new Amount(150), bundle.Body.Amount);
        Assert.True(bundle.Body.Receiver.IsZero);
        int next = 0;
        foreach (BundleItem item in bundle.Items)
        {
            Assert.Equal(next++, item.Index);
            Assert.Equal(new Amount((ulong)(10 * next)), item.Amount);
            Assert.Equal(Samples.Ref((byte)item.Index), item.Reference);
            bool stands = item.AcceptanceForm == AcceptanceForm.Standing;
            Assert.Equal(item.Index % 2 == 0, stands);
            Assert.Equal((stands ? Samples.Bob : Samples.Carol).PublicKey, item.ReceiverKey);
            TransferBody body = item.BodyIn(bundle.Body);
            Assert.Equal(
                Samples.Body(TransferKind.BundleItem) with { ItemNumber = (ushort)item.Index, Receiver = item.Receiver, Amount = item.Amount, Reference = item.Reference },
                body);
            Assert.True(stands || item.ReceiverSignature == TransferBuilder.Sign(body, Samples.Carol));
        }

        Assert.Equal(5, next);
    }

    [Fact]
    public void Items_OfAnyOtherKind_AreNone()
    {
        foreach (BundleItem item in new TransferFrame(Samples.Frames["pay, signed"]).Items)
        {
            Assert.Fail($"item {item.Index}");
        }
    }

    [Fact]
    public void Build_WrongKindOrTooShort_Throws()
    {
        TransferBody pay = Samples.Body(TransferKind.Pay);
        Acceptance acceptance = Acceptance.BySignature(Samples.Bob.PublicKey, TransferBuilder.Sign(pay, Samples.Bob));
        Assert.Throws<ArgumentException>(() => TransferBuilder.Issue(new byte[400], pay, Samples.Alice));
        Assert.Throws<ArgumentException>(() => TransferBuilder.Pay(new byte[303], pay, Samples.Alice, acceptance));
        Assert.Equal(304, TransferBuilder.Pay(new byte[304], pay, Samples.Alice, acceptance));
        Assert.Throws<ArgumentException>(() => new BundleBuilder(new byte[400], pay).ItemCount);
        Assert.Throws<ArgumentException>(() => new TransferFrame(new byte[207]).LengthBytes);
        Assert.Throws<ArgumentException>(() => new TransferFrame(Samples.Frames["bundle"].AsSpan(0, 300)).LengthBytes);
    }

    [Fact]
    public void Bundle_FullOrEmptyOrOverflowing_Throws()
    {
        TransferBody body = Samples.Body(TransferKind.IssueBundle);
        Assert.Throws<InvalidOperationException>(() => new BundleBuilder(new byte[400], body).Finish(Samples.Organization));
        Assert.Throws<InvalidOperationException>(() => Fill(new byte[FrameLayout.ItemsOffset + (3 * 48)], 4));
        Assert.Throws<InvalidOperationException>(() => Fill(new byte[FrameLayout.FrameBytesMax], 1025));
        Assert.Throws<OverflowException>(() =>
        {
            BundleBuilder bundle = new(new byte[1000], body);
            bundle.Add(Samples.Id(Samples.Bob), new Amount(ulong.MaxValue), default, Acceptance.None);
            bundle.Add(Samples.Id(Samples.Bob), new Amount(1), default, Acceptance.None);
        });

        void Fill(byte[] frame, int count)
        {
            BundleBuilder bundle = new(frame, body);
            for (int i = 0; i < count; i++)
            {
                bundle.Add(Samples.Id(Samples.Bob), new Amount(1), default, Acceptance.None);
            }
        }
    }

    [Fact]
    public void Reference_HexBothWays_IsTheSame()
    {
        Assert.True(Reference.TryParse(Samples.Ref(7).ToString(), out Reference read));
        Assert.Equal(Samples.Ref(7), read);
        Assert.False(Reference.TryParse("07", out _));
        Assert.False(Reference.TryParse(new string('g', 32), out _));
        Assert.False(Reference.TryParse(null, out _));
        Assert.Throws<ArgumentException>(() => new Reference(new byte[15]));
    }
}
