using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>Where a walk over a buffer of frames ended.</summary>
public enum FrameWalkEnd
{
    /// <summary>Behind the last byte: the buffer is frames from end to end.</summary>
    Whole = 0,

    /// <summary>There was no room for the next frame's address: walk on from there.</summary>
    NoRoom = 1,

    /// <summary>
    /// Before bytes that no frame can start with: a length that is too small, too great, no multiple of 8, or goes beyond the buffer.
    /// Where a next frame would start cannot be known, so all the rest is one malformed entry.
    /// </summary>
    ImplausibleLength = 2,
}

/// <summary>
/// Splits a buffer of frames, one behind the other, into their addresses by nothing but their lengths. A frame that is malformed
/// within a plausible length is one entry like the others, to be refused alone by <see cref="FrameCheck"/>.
/// </summary>
/// <param name="FrameCount">The frames found: so many addresses were written.</param>
/// <param name="WalkedBytes">The bytes that they take; what lies behind was not walked.</param>
/// <param name="End">Why the walk ended.</param>
public readonly record struct FrameWalk(int FrameCount, int WalkedBytes, FrameWalkEnd End)
{
    /// <summary>Walks <paramref name="lengthBytes"/> bytes, writing at most <paramref name="frameCountMax"/> addresses.</summary>
    public static unsafe FrameWalk Over(byte* buffer, int lengthBytes, byte** frames, int frameCountMax)
    {
        int count = 0;
        int offset = 0;
        while (offset != lengthBytes)
        {
            if (count == frameCountMax)
            {
                return new FrameWalk(count, offset, FrameWalkEnd.NoRoom);
            }

            int left = lengthBytes - offset;
            int length = left < sizeof(int) ? 0 : Unsafe.ReadUnaligned<int>(buffer + offset);
            if (length < FrameLayout.FrameBytesMin || length > FrameLayout.FrameBytesMax
                || length % FrameLayout.AlignmentBytes != 0 || length > left)
            {
                return new FrameWalk(count, offset, FrameWalkEnd.ImplausibleLength);
            }

            frames[count++] = buffer + offset;
            offset += length;
        }

        return new FrameWalk(count, offset, FrameWalkEnd.Whole);
    }
}
