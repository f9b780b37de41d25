using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed unsafe class TransferIdsTests
{
    [Fact]
    public void Compute_ManyOfAllKinds_EqualsOneByOne()
    {
        Random random = new(3);
        byte[][] good = [.. Samples.Frames.Values];
        for (int count = 0; count < 300; count += 37)
        {
            byte[][] frames = [.. Enumerable.Range(0, count).Select(_ => (byte[])good[random.Next(good.Length)].Clone())];
            byte[] buffer = GC.AllocateArray<byte>(count * 1_500, pinned: true);
            byte*[] addresses = new byte*[count];
            Hash256[] ids = new Hash256[count];
            fixed (byte* start = buffer)
            fixed (byte** address = addresses)
            fixed (Hash256* id = ids)
            {
                for (int i = 0; i < count; i++)
                {
                    random.NextBytes(frames[i].AsSpan(12, 100));
                    frames[i].CopyTo(buffer, 1_500 * i);
                    addresses[i] = start + (1_500 * i);
                }

                TransferIds.Compute(address, id, count);
            }

            for (int i = 0; i < count; i++)
            {
                byte[] signed = [.. "LC1xfer_"u8, .. new TransferFrame(frames[i]).SignedBytes];
                Assert.Equal(Blake3.Hash(signed), ids[i]);
            }
        }
    }

    [Fact]
    public void Compute_SignedAnew_IsTheSameTransfer()
    {
        byte[] frame = [.. Samples.Frames["pay, signed"]];
        Hash256 id = TransferIds.Compute(new TransferFrame(frame));
        frame[150] ^= 1;
        Assert.Equal(id, TransferIds.Compute(new TransferFrame(frame)));
        Assert.Equal(id, TransferIds.Compute(new TransferFrame(Samples.Frames["pay, standing"])));
        frame[100] ^= 1;
        Assert.NotEqual(id, TransferIds.Compute(new TransferFrame(frame)));
    }

    [Fact]
    public void ComputeItems_AnyRange_EqualsOneByOne()
    {
        Hash256 bundle = Blake3.Hash("bundle"u8);
        Hash256[] ids = new Hash256[200];
        fixed (Hash256* id = ids)
        {
            TransferIds.ComputeItems(bundle, 5, id, 200);
        }

        Assert.Equal(Enumerable.Range(5, 200).Select(index => TransferIds.ComputeItem(bundle, index)), ids);
        Assert.Equal(200, ids.Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(13)]
    [InlineData(100)]
    public void ItemTree_EveryItem_LeadsToTheRootAndNoOtherDoes(int count)
    {
        byte[] frame = Samples.IssueBundle([.. Enumerable.Range(1, count).Select(static amount => (ulong)amount)]);
        TransferFrame bundle = new(frame);
        Hash256[] siblings = new Hash256[ItemTree.PathCountMax];
        foreach (BundleItem item in bundle.Items)
        {
            int found = ItemTree.Path(bundle, item.Index, siblings);
            ReadOnlySpan<Hash256> path = siblings.AsSpan(0, found);
            Assert.True(ItemTree.Leads(item, count, path, bundle.ItemsRoot));
            Assert.False(ItemTree.Leads(item, count, path, Hash256.Zero));
            Assert.False(ItemTree.Leads(item, FrameLayout.ItemCountMax + 1, path, bundle.ItemsRoot));
            Assert.False(ItemTree.Leads(item, count, [.. path, Hash256.Zero], bundle.ItemsRoot));
            if (found > 0)
            {
                Assert.False(ItemTree.Leads(item, count, path[1..], bundle.ItemsRoot));
                Hash256[] swapped = path.ToArray();
                swapped[^1] = Blake3.Hash(swapped[^1].AsSpan());
                Assert.False(ItemTree.Leads(item, count, swapped, bundle.ItemsRoot));
            }

            byte[] otherFrame = [.. frame];
            otherFrame[FrameLayout.ItemsOffset + (FrameLayout.ItemBytes * item.Index) + 24]++;
            foreach (BundleItem other in new TransferFrame(otherFrame).Items)
            {
                Assert.False(ItemTree.Leads(other, count, path, bundle.ItemsRoot), $"item {other.Index} on the path of {item.Index}");
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => ItemTree.Path(new TransferFrame(frame), count, new Hash256[10]));
    }
}
