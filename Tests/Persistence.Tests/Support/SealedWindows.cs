using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Tests.Persistence.Support;

/// <summary>The windows that a few branches sealed: what a journal would hold of them, and the oracle for an index of them.</summary>
internal sealed class SealedWindows
{
    public const int Streams = 5;
    private const int IdBytes = 32;

    private readonly SortedDictionary<ulong, byte[][]> _windows = [];

    public static ulong TimestampOf(ulong beat) => 1_000_000 + (beat * 1000);

    /// <summary>Seals a window of random ids in each stream but one; some are empty.</summary>
    public void Seal(ulong beat, int idsMax = 60)
    {
        var random = new Random((int)beat);
        byte[][] windows = new byte[Streams][];
        for (int stream = 0; stream < Streams; stream++)
        {
            windows[stream] = new byte[IdBytes * (stream == (int)(beat % Streams) ? 0 : random.Next(idsMax + 1))];
            random.NextBytes(windows[stream]);
        }

        _windows.Add(beat, windows);
    }

    public ulong LastBeatOf(int stream, ulong through) => _windows.Keys.Where(beat => beat <= through && stream < Streams).DefaultIfEmpty().Max();

    public void AppendTo(ISealedIndex index, ulong beat)
    {
        for (int stream = 0; stream < Streams; stream++)
        {
            index.Append(TestBlocks.Stream(stream), beat, beat + 7, TimestampOf(beat), _windows[beat][stream]);
        }
    }

    public void AssertFound(ISealedIndex index, ulong from, int most = int.MaxValue, ulong through = ulong.MaxValue)
    {
        foreach ((ulong beat, byte[][] windows) in _windows.Where(window => window.Key >= from && window.Key <= through))
        {
            for (int stream = 0; stream < Streams; stream++)
            {
                for (int i = 0; i < windows[stream].Length / IdBytes && most-- > 0; i++)
                {
                    Assert.True(
                        index.TryFind(TestBlocks.Stream(stream), windows[stream].AsSpan(i * IdBytes, IdBytes), out SealedPlace place),
                        $"id {i} of stream {stream} at beat {beat} is not found");
                    Assert.Equal(new SealedPlace(beat, beat + 7, TimestampOf(beat), (uint)i), place);
                }
            }
        }
    }

    /// <summary>Known ids with one bit changed in their first half, and known ids in another stream.</summary>
    public void AssertUnknownAbsent(ISealedIndex index)
    {
        var random = new Random(1);
        foreach (byte[][] windows in _windows.Values)
        {
            foreach (byte[] window in windows.Where(window => window.Length > 0))
            {
                byte[] id = window[..IdBytes];
                for (int stream = 0; stream < Streams; stream++)
                {
                    Assert.Equal(ReferenceEquals(windows[stream], window), index.TryFind(TestBlocks.Stream(stream), id, out _));
                }

                id[random.Next(16)] ^= (byte)(1 << random.Next(8));
                Assert.False(index.TryFind(TestBlocks.Stream(Array.IndexOf(windows, window)), id, out _));
            }
        }
    }
}
