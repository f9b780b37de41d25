namespace LeitherCluster.Ledger.Hashing;

/// <summary>Alignment of lane buffers on the stack: a vector that straddles cache lines costs two accesses.</summary>
internal static unsafe class LaneMemory
{
    public const int Alignment = 64;

    /// <summary>The first aligned address in a buffer that is <see cref="Alignment"/> bytes longer than needed.</summary>
    public static T* Align<T>(byte* buffer)
        where T : unmanaged
        => (T*)(((nuint)buffer + (Alignment - 1)) & ~(nuint)(Alignment - 1));
}
