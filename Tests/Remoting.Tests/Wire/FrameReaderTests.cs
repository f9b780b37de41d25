using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Remoting.Wire;

namespace LeitherCluster.Tests.Remoting.Wire;

/// <summary>Frames out of a stream that gives them in any pieces.</summary>
public sealed class FrameReaderTests
{
    private const int BodyBytesMax = 20_000;

    [Fact]
    public void Frames_InAnyPieces_AreReadAsTheyWereWritten()
        => Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            List<byte[]> bodies = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => Bytes(random, random.Next(3) == 0 ? BodyBytesMax : 100))];
            byte[] stream = [.. bodies.SelectMany((body, i) => Frame(body, (ulong)i))];

            (List<(ulong Target, byte[] Body)> read, FrameFault fault) = ReadAll(stream, random);

            Assert.Equal(FrameFault.None, fault);
            Assert.Equal(bodies.Select((body, i) => ((ulong)i, Convert.ToHexString(body))), read.Select(frame => (frame.Target, Convert.ToHexString(frame.Body))));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Frames_WithOneBitChanged_AreRefusedFromThereOn()
        => Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            byte[][] frames = [.. Enumerable.Range(0, 5).Select(i => Frame(Bytes(random, 100), (ulong)i))];
            byte[] stream = [.. frames.SelectMany(frame => frame)];
            int at = random.Next(stream.Length);
            int whole = frames.TakeWhile((_, i) => frames.Take(i + 1).Sum(frame => frame.Length) <= at).Count();
            stream[at] ^= (byte)(1 << random.Next(8));

            (List<(ulong Target, byte[] Body)> read, FrameFault fault) = ReadAll(stream, random);

            // A length that has become larger may leave the reader waiting for bytes that never come.
            Assert.Equal(whole, read.Count);
            Assert.True(fault != FrameFault.None || at - frames.Take(whole).Sum(frame => frame.Length) < sizeof(int), $"byte {at}: {fault}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Body_TakenOver_KeepsItsBytes()
    {
        Random random = new(5);
        byte[] small = Bytes(random, 10);
        byte[] large = [.. Enumerable.Range(0, 10_000).Select(_ => (byte)random.Next(256))];
        using MemoryStream stream = new([.. Frame(small, 1), .. Frame(large, 2), .. Frame(small, 3)]);
        using FrameReader reader = NewReader(stream);
        List<PooledBytes> kept = [];

        while (true)
        {
            if (reader.TryRead(out _, out _) == FrameRead.Frame)
            {
                kept.Add(reader.Body.TakeOver());
            }
            else if (!await reader.FillAsync(CancellationToken.None))
            {
                break;
            }
        }

        Assert.Equal([small, large, small], kept.Select(bytes => bytes.Memory.ToArray()));
        kept[0].Return();
        kept[0].Return();
        Assert.Throws<ObjectDisposedException>(() => kept[0].Memory);
    }

    private static FrameReader NewReader(Stream stream) => new(stream, Lane.Control, 1, BodyBytesMax, checksums: true, bufferBytes: 1024);

    private static (List<(ulong Target, byte[] Body)> Read, FrameFault Fault) ReadAll(byte[] bytes, Random random)
    {
        using FrameReader reader = NewReader(new PieceStream(bytes, random));
        List<(ulong, byte[])> frames = [];
        while (true)
        {
            FrameRead read = reader.TryRead(out FrameHeader header, out FrameFault fault);
            if (read == FrameRead.Fault)
            {
                return (frames, fault);
            }

            if (read == FrameRead.Frame)
            {
                frames.Add((header.Target, reader.Body.Span.ToArray()));
            }
            else if (!reader.FillAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                return (frames, FrameFault.None);
            }
        }
    }

    private static byte[] Frame(byte[] body, ulong target)
    {
        byte[] frame = [.. new byte[FrameHeader.Bytes], .. body];
        new FrameHeader(body.Length, 1, Lane.Control, FrameKind.Message, 0, 7, target, 0).Write(frame);
        FrameChecksum.Seal(frame);
        return frame;
    }

    private static byte[] Bytes(Random random, int lengthMax)
    {
        byte[] bytes = new byte[random.Next(lengthMax + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Gives its bytes in pieces of any length.</summary>
    private sealed class PieceStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 3_000))], cancellationToken);
    }
}
