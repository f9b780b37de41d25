namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// What a compression needs of an instruction set. A <typeparamref name="T"/> holds one 32-bit word of each of
/// <see cref="Width"/> independent blocks ("lanes"); everything above is written once, over this interface.
/// Buffers of <typeparamref name="T"/> are aligned to <see cref="LaneMemory.Alignment"/> bytes; message, key and
/// digest pointers have any alignment.
/// </summary>
internal unsafe interface ILanes<T>
    where T : unmanaged
{
    /// <summary>How many blocks one compression takes.</summary>
    static abstract int Width { get; }

    /// <summary>
    /// The fewest blocks for which a group that is not full is worth its time; fewer are left to the next narrower
    /// instruction set.
    /// </summary>
    static abstract int PartialGroupMin { get; }

    /// <summary>The same word in every lane.</summary>
    static abstract T Broadcast(uint word);

    static abstract T Xor(T left, T right);

    /// <summary>
    /// Four quarter-rounds (section 2.2) side by side, the i-th over ai, bi, ci, di with the message words xi and yi.
    /// Adding the message word before b keeps it off the chain of dependent instructions. Written with operators and
    /// intrinsics for each vector type, as the JIT compiler stops inlining at some 500 variables in a method:
    /// beyond them the state falls out of the registers, at a tenth of the speed.
    /// </summary>
    static abstract void HalfRound(
        T* m, int x0, int y0, int x1, int y1, int x2, int y2, int x3, int y3,
        ref T a0, ref T a1, ref T a2, ref T a3, ref T b0, ref T b1, ref T b2, ref T b3,
        ref T c0, ref T c1, ref T c2, ref T c3, ref T d0, ref T d1, ref T d2, ref T d3);

    /// <summary>Reads the 64 bytes at <c>sources[lane] + offset</c> of every lane into 16 words a lane.</summary>
    static abstract void LoadBlocks(byte** sources, nint offset, T* words);

    /// <summary>
    /// As <see cref="LoadBlocks"/>, but of each block reads only the bytes from <paramref name="start"/> to before
    /// <paramref name="end"/>, and touches no other. What lies before is <paramref name="prefix"/> (so start is 0 or
    /// 8), what lies behind is zero.
    /// </summary>
    static abstract void LoadPartialBlocks(byte** sources, nint offset, int start, int end, ulong prefix, T* words);

    /// <summary>Reads 32 bytes of every lane into 8 words a lane.</summary>
    static abstract void LoadHalfBlocks(byte** sources, T* words);

    /// <summary>Writes the 8 words of every lane to its 32-byte digest.</summary>
    static abstract void StoreDigests(T* words, byte** digests);
}
