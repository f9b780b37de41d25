using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Runtime.Journaling;

public sealed class JournalBufferTests
{
    [Theory]
    [InlineData(0, 4096)]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(1_000_000, 1_048_576)]
    public unsafe void Rent_CapacityIsThePowerOfTwoAboveAndAligned(int asked, int capacity)
    {
        using JournalBufferPool pool = new(1 << 24);
        JournalBuffer buffer = pool.Rent(asked);
        Assert.Equal(capacity, buffer.Capacity);
        Assert.Equal(0, buffer.Length);
        Assert.Equal(0, (nint)buffer.Pointer % JournalBuffer.Alignment);
    }

    [Fact]
    public void Append_BeyondTheCapacity_GrowsAndKeepsTheBytes()
    {
        using JournalBufferPool pool = new(1 << 24);
        JournalBuffer buffer = pool.Rent(0);
        byte[] bytes = [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)];
        foreach (byte[] chunk in bytes.Chunk(777))
        {
            buffer.Append(chunk);
        }

        Assert.Equal(bytes, buffer.Span.ToArray());
        Assert.Equal(16_384, buffer.Capacity);
        Assert.Equal(16_384, pool.Bytes);
    }

    [Fact]
    public void Release_Last_GivesTheMemoryToTheNext()
    {
        using JournalBufferPool pool = new(1 << 24);
        JournalBuffer first = pool.Rent(100);
        first.Append([1, 2, 3]);
        first.Retain();
        first.Release();
        Assert.Equal(3, first.Length);
        first.Release();
        Assert.Equal(0, pool.BytesRented);
        JournalBuffer second = pool.Rent(100);
        Assert.Same(first, second);
        Assert.Equal(0, second.Length);
        Assert.Equal(4096, pool.Bytes);
    }

    [Fact]
    public unsafe void RentGrowing_GrowsWhereItIs_AndCountsWhatItTook()
    {
        using JournalBufferPool pool = new(1 << 20);
        JournalBuffer buffer = pool.TryRentGrowing(5000, 1 << 24)!;
        byte* start = buffer.Pointer;
        Assert.Equal(8192, buffer.Capacity);
        buffer.Append([1, 2, 3]);
        buffer.EnsureCapacity(500_000);
        Assert.True(start == buffer.Pointer);
        Assert.Equal(503_808, buffer.Capacity);
        Assert.Equal(503_808, pool.Bytes);
        Assert.Throws<JournalBuffersExhaustedException>(() => buffer.EnsureCapacity((1 << 20) + 1));
        Assert.Equal([1, 2, 3], buffer.Span.ToArray());
        Assert.Equal(503_808, pool.BytesRented);
    }

    [Fact]
    public void RentGrowing_AnIdleOne_KeepsWhatItTookAndGrowsAgain()
    {
        using JournalBufferPool pool = new(1 << 20);
        JournalBuffer first = pool.TryRentGrowing(4096, 1 << 18)!;
        first.EnsureCapacity(100_000);
        first.Release();
        Assert.Equal(0, pool.BytesRented);
        JournalBuffer second = pool.TryRentGrowing(4096, 1 << 18)!;
        Assert.Same(first, second);
        Assert.Equal(0, second.Length);
        Assert.Equal(102_400, second.Capacity);
        Assert.NotSame(second, pool.TryRentGrowing(4096, 1 << 18));
        second.Release();
        JournalBuffer third = pool.TryRentGrowing(200_000, 1 << 18)!;
        Assert.Same(second, third);
        Assert.Equal(200_704, third.Capacity);
        Assert.Equal(204_800, pool.BytesRented);
    }

    [Fact]
    public void RentGrowing_BeyondItsMost_MovesAndKeepsTheBytes()
    {
        using JournalBufferPool pool = new(1 << 20);
        JournalBuffer buffer = pool.TryRentGrowing(4096, 8192)!;
        buffer.Append([1, 2, 3]);
        buffer.EnsureCapacity(20_000);
        Assert.Equal([1, 2, 3], buffer.Span.ToArray());
        Assert.Equal(32_768, pool.Bytes);
        buffer.Release();
        Assert.Equal(0, pool.BytesRented);
    }

    [Fact]
    public void RentGrowing_AtTheBound_LeavesAThirdToOthers()
    {
        using JournalBufferPool pool = new(24_576);
        JournalBuffer growing = pool.TryRentGrowing(4096, 1 << 20)!;
        growing.EnsureCapacity(16_384);
        Assert.Throws<JournalBuffersExhaustedException>(() => growing.EnsureCapacity(16_385));
        Assert.Null(pool.TryRentGrowing(1, 1 << 20));
        Assert.NotNull(pool.TryRent(8192));
    }

    [Fact]
    public void RentGrowing_AtTheBound_FreesIdleBuffersThenRefuses()
    {
        using JournalBufferPool pool = new(24_576);
        pool.Rent(4096).Release();
        JournalBuffer idle = pool.TryRentGrowing(4096, 1 << 20)!;
        idle.Release();
        JournalBuffer rented = pool.TryRentGrowing(16_384, 1 << 20)!;
        Assert.Equal(16_384, pool.Bytes);
        Assert.Null(pool.TryRentGrowing(1, 1 << 20));
        rented.Release();
        Assert.Null(pool.TryRentGrowing(20_000, 1 << 20));
        Assert.Equal(0, pool.Bytes);
        Assert.NotNull(pool.TryRent(16_384));
    }

    [Fact]
    public void Use_AfterTheLastRelease_Throws()
    {
        using JournalBufferPool pool = new(1 << 24);
        JournalBuffer buffer = pool.Rent(100);
        buffer.Release();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(buffer.Retain);
        Assert.Throws<ObjectDisposedException>(buffer.Release);
        Assert.Throws<ObjectDisposedException>(() => buffer.Append([1]));
    }

    [Fact]
    public void Rent_AtTheBound_FreesIdleBuffersThenRefuses()
    {
        using JournalBufferPool pool = new(16_384);
        pool.Rent(4096).Release();
        JournalBuffer big = pool.Rent(16_384);
        Assert.Equal(16_384, pool.Bytes);
        Assert.Null(pool.TryRent(1));
        Assert.Throws<JournalBuffersExhaustedException>(() => pool.Rent(1));
        Assert.Throws<JournalBuffersExhaustedException>(() => big.EnsureCapacity(16_385));
        Assert.Equal(16_384, big.Capacity);
        big.Release();
        Assert.NotNull(pool.TryRent(1));
    }

    [Fact]
    public void Dispose_FreesWhatIsRentedAndMakesItsUseThrow()
    {
        JournalBufferPool pool = new(1 << 20);
        JournalBuffer buffer = pool.Rent(100);
        pool.Dispose();
        Assert.Equal(0, pool.Bytes);
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent(1));
    }

    [Fact]
    public void Length_BeyondTheCapacity_Throws()
    {
        using JournalBufferPool pool = new(1 << 20);
        JournalBuffer buffer = pool.Rent(100);
        buffer.Length = 4096;
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Length = 4097);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Length = -1);
    }

    [Fact]
    public void StreamId_RoundTripsThroughItsBytes()
    {
        byte[] scope = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
        StreamId stream = new(scope, 0x1234, 0xDEADBEEF);
        byte[] bytes = new byte[StreamId.Size];
        stream.WriteTo(bytes);
        Assert.Equal(scope, bytes[..20]);
        Assert.Equal([0x34, 0x12, 0, 0, 0xEF, 0xBE, 0xAD, 0xDE, 0, 0, 0, 0], bytes[20..]);
        Assert.Equal(stream, StreamId.Read(bytes));
        Assert.Throws<ArgumentException>(() => new StreamId(scope.AsSpan(0, 19), 1, 1));
        Assert.True(new StreamId(scope, 1, 2) < new StreamId(scope, 1, 3));
        Assert.True(new StreamId(scope, 1, 3) < new StreamId(scope, 2, 0));
    }
}
