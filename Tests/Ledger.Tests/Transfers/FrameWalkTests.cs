using System.Buffers.Binary;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed unsafe class FrameWalkTests
{
    private static readonly byte[][] Good = [.. Samples.Frames.Values];

    [Fact]
    public void Over_FramesOneBehindTheOther_FindsEach()
    {
        (FrameWalk walk, int[] offsets) = Walk([.. Good.SelectMany(static frame => frame)], 100);
        Assert.Equal(new FrameWalk(Good.Length, Good.Sum(static frame => frame.Length), FrameWalkEnd.Whole), walk);
        Assert.Equal(Good.Select((_, i) => Good[..i].Sum(static frame => frame.Length)), offsets);
    }

    [Fact]
    public void Over_EmptyBuffer_FindsNone() => Assert.Equal(new FrameWalk(0, 0, FrameWalkEnd.Whole), Walk([], 5).Walk);

    [Fact]
    public void Over_MoreFramesThanRoom_StopsBetweenTwo()
    {
        FrameWalk walk = Walk([.. Good.SelectMany(static frame => frame)], 2).Walk;
        Assert.Equal(new FrameWalk(2, Good[0].Length + Good[1].Length, FrameWalkEnd.NoRoom), walk);
    }

    [Fact]
    public void Over_MalformedFrameOfPlausibleLength_IsOneEntry()
    {
        byte[] broken = [.. Good[0]];
        broken[9] = 99;
        (FrameWalk walk, int[] offsets) = Walk([.. Good[1], .. broken, .. Good[2]], 9);
        Assert.Equal(3, walk.FrameCount);
        Assert.Equal(FrameWalkEnd.Whole, walk.End);
        Assert.Equal(Good[1].Length + broken.Length, offsets[2]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(-8)]
    [InlineData(300)]
    [InlineData(312)]
    [InlineData(229_624)]
    [InlineData(int.MaxValue)]
    public void Over_ImplausibleLength_EndsTheWalkThere(int length)
    {
        byte[] second = [.. Good[0]];
        BinaryPrimitives.WriteInt32LittleEndian(second, length);
        FrameWalk walk = Walk([.. Good[1], .. second], 9).Walk;
        Assert.Equal(new FrameWalk(1, Good[1].Length, FrameWalkEnd.ImplausibleLength), walk);
    }

    [Fact]
    public void Over_CutAnywhere_NeverGoesBeyondTheBuffer()
    {
        byte[] two = [.. Good[0], .. Good[1]];
        for (int length = 0; length < two.Length; length++)
        {
            FrameWalk walk = Walk(two[..length], 9).Walk;
            bool isWhole = length == 0 || length == Good[0].Length;
            Assert.Equal(length < Good[0].Length ? 0 : 1, walk.FrameCount);
            Assert.Equal(isWhole ? FrameWalkEnd.Whole : FrameWalkEnd.ImplausibleLength, walk.End);
        }
    }

    private static (FrameWalk Walk, int[] Offsets) Walk(byte[] buffer, int frameCountMax)
    {
        byte*[] frames = new byte*[frameCountMax];
        fixed (byte* start = buffer)
        fixed (byte** addresses = frames)
        {
            FrameWalk walk = FrameWalk.Over(start, buffer.Length, addresses, frameCountMax);
            int[] offsets = new int[walk.FrameCount];
            for (int i = 0; i < offsets.Length; i++)
            {
                offsets[i] = (int)(addresses[i] - start);
            }

            return (walk, offsets);
        }
    }
}
