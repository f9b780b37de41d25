using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Tests.Ledger.Hashing;

/// <summary>
/// Random messages, right halves and keys at random places of native memory, in no order and of no alignment, and
/// places for digests with a guard before and behind each.
/// </summary>
internal sealed unsafe class LaneItems : IDisposable
{
    private const int MessageBytes = 128;
    private const int Spacing = 192;
    private const int DigestSpacing = 64;
    private const byte Guard = 0xCC;
    private readonly byte* _bytes;
    private readonly byte* _digestBytes;
    private readonly nuint _digestLength;

    public LaneItems(int count, int seed)
    {
        Random random = new(seed);
        Count = count;
        nuint length = (nuint)((3 * count) + 2) * Spacing;
        _bytes = (byte*)NativeMemory.Alloc(length);
        random.NextBytes(new Span<byte>(_bytes, (int)length));

        int[] places = [.. Enumerable.Range(0, (3 * count) + 1)];
        random.Shuffle(places);
        byte* Place(int index) => _bytes + (places[index] * Spacing) + random.Next(Spacing - MessageBytes);
        Messages = Pointers(count, Place);
        Rights = Pointers(count, item => Place(count + item));
        Keys = Pointers(count, item => Place((2 * count) + item));
        Key = Place(3 * count);

        _digestLength = (nuint)(count + 1) * DigestSpacing;
        _digestBytes = (byte*)NativeMemory.Alloc(_digestLength);
        Digests = Pointers(count, item => _digestBytes + (item * DigestSpacing) + 1 + (item % 31));
        FillGuards();
    }

    private delegate byte* Placing(int item);

    public int Count { get; }

    public byte** Messages { get; }

    public byte** Rights { get; }

    public byte** Keys { get; }

    public byte* Key { get; }

    public byte** Digests { get; }

    public Hash256 SharedKey => new(new ReadOnlySpan<byte>(Key, 32));

    public ReadOnlySpan<byte> Message(int item, int length) => new(Messages[item], length);

    public ReadOnlySpan<byte> RightOf(int item) => new(Rights[item], 32);

    public Hash256 KeyOf(int item) => new(new ReadOnlySpan<byte>(Keys[item], 32));

    /// <summary>Checks every digest and that no byte beside one was written; returns how many there are.</summary>
    public int AssertDigests(Func<int, Hash256> expected)
    {
        for (int item = 0; item < Count; item++)
        {
            Span<byte> digest = new(Digests[item], 32);
            Assert.Equal(expected(item), new Hash256(digest));
            digest.Fill(Guard);
        }

        Assert.Equal(-1, new ReadOnlySpan<byte>(_digestBytes, (int)_digestLength).IndexOfAnyExcept(Guard));
        return Count;
    }

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        NativeMemory.Free(_digestBytes);
        NativeMemory.Free(Messages);
        NativeMemory.Free(Rights);
        NativeMemory.Free(Keys);
        NativeMemory.Free(Digests);
    }

    private static byte** Pointers(int count, Placing place)
    {
        byte** pointers = (byte**)NativeMemory.Alloc((nuint)(count + 1), (nuint)sizeof(byte*));
        for (int item = 0; item < count; item++)
        {
            pointers[item] = place(item);
        }

        return pointers;
    }

    private void FillGuards() => new Span<byte>(_digestBytes, (int)_digestLength).Fill(Guard);
}
