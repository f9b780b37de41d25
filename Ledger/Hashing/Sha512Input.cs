using System.Buffers.Binary;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// A message for SHA-512 in three pieces that lie apart: two of 32 bytes and the rest, as Ed25519 hashes them. The pointers have any
/// alignment and are trusted.
/// </summary>
internal readonly unsafe struct Sha512Input(byte* first, byte* second, byte* rest, int restLength)
{
    private const int PieceBytes = 32;
    private const int HeadBytes = 2 * PieceBytes;
    private const byte EndMark = 0x80;

    private readonly byte* _first = first;
    private readonly byte* _second = second;
    private readonly byte* _rest = rest;
    private readonly int _restLength = restLength;

    // The end mark and 16 bytes of length come behind the message.
    private const int PaddingBytesMin = 1 + 16;

    /// <summary>How many blocks of 128 bytes the padded message has.</summary>
    public int BlockCount => (int)(((long)HeadBytes + _restLength + PaddingBytesMin + Sha512Constants.BlockBytes - 1) / Sha512Constants.BlockBytes);

    /// <summary>Writes a block of the padded message (FIPS 180-4, section 5.1.2).</summary>
    public void CopyBlock(int block, byte* destination)
    {
        long start = ((long)block * Sha512Constants.BlockBytes) - HeadBytes;
        int written = 0;
        if (block == 0)
        {
            new ReadOnlySpan<byte>(_first, PieceBytes).CopyTo(new Span<byte>(destination, PieceBytes));
            new ReadOnlySpan<byte>(_second, PieceBytes).CopyTo(new Span<byte>(destination + PieceBytes, PieceBytes));
            written = HeadBytes;
            start = 0;
        }

        int copied = (int)Math.Clamp(_restLength - start, 0, Sha512Constants.BlockBytes - written);
        if (copied > 0)
        {
            new ReadOnlySpan<byte>(_rest + start, copied).CopyTo(new Span<byte>(destination + written, copied));
        }

        if (written + copied < Sha512Constants.BlockBytes)
        {
            new Span<byte>(destination + written + copied, Sha512Constants.BlockBytes - written - copied).Clear();
            if (start + copied == _restLength)
            {
                destination[written + copied] = EndMark;
            }
        }

        if (block == BlockCount - 1)
        {
            ulong bits = 8 * ((ulong)HeadBytes + (ulong)_restLength);
            BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(destination + Sha512Constants.BlockBytes - sizeof(ulong), sizeof(ulong)), bits);
        }
    }
}
