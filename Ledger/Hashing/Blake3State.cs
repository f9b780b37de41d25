using System.Numerics;
using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Hashing;

/// <summary>
/// A BLAKE3 hash in progress. Complete subtrees left of the current chunk are on a stack, largest first: one for
/// every 1 bit in the number of chunks before it (the specification, section 5.1.2). The current chunk stays open
/// until more input arrives, as the last one is hashed differently if it is the only one. Lives on the stack or in
/// a pinned object: its methods work on its own address.
/// </summary>
internal unsafe struct Blake3State
{
    /// <summary>Chunks that one batch hashes side by side before their tree is built: 8 KiB of chaining values.</summary>
    private const int BatchChunksMax = 256;
    private const int BatchLevelsMax = 8;
    private const int Words = Blake3Constants.KeyWords;

    private fixed uint _key[Words];
    private fixed uint _chaining[Words];
    private fixed byte _block[Blake3Constants.BlockBytes];
    private uint _mode;
    private int _blockBytes;
    private int _blocksCompressed;
    private int _stackDepth;
    private ulong _chunksBefore;
    private fixed uint _stack[Blake3Constants.TreeDepthMax * Words];

    private readonly int ChunkBytesTaken => (_blocksCompressed * Blake3Constants.BlockBytes) + _blockBytes;

    /// <summary>Begins anew, whatever the memory held before.</summary>
    /// <param name="key">The initial value, or a key.</param>
    /// <param name="mode">The flags that every compression carries.</param>
    public void Start(in Hash256 key, uint mode)
    {
        fixed (uint* words = _key)
        {
            *(Hash256*)words = key;
        }

        _mode = mode;
        Restart();
    }

    /// <summary>Begins anew under the same key.</summary>
    public void Restart()
    {
        _stackDepth = 0;
        _chunksBefore = 0;
        StartChunk();
    }

    public void Update(byte* input, nint length)
    {
        while (length > 0)
        {
            if (ChunkBytesTaken == Blake3Constants.ChunkBytes)
            {
                FinishChunk();
            }

            nint taken;
            if (ChunkBytesTaken == 0 && length > Blake3Constants.ChunkBytes)
            {
                int chunks = (int)Math.Min((ulong)(length - 1) / Blake3Constants.ChunkBytes, BatchChunksAllowed());
                UpdateChunks(input, chunks);
                taken = (nint)chunks * Blake3Constants.ChunkBytes;
            }
            else
            {
                taken = Math.Min(length, Blake3Constants.ChunkBytes - ChunkBytesTaken);
                UpdateChunk(input, (int)taken);
            }

            input += taken;
            length -= taken;
        }
    }

    /// <summary>Writes the hash of the input so far; more input may follow.</summary>
    [SkipLocalsInit]
    public void WriteOutput(Span<byte> output)
    {
        uint* chaining = stackalloc uint[Words];
        uint* message = stackalloc uint[Blake3Constants.BlockWords];
        uint* block = stackalloc uint[Blake3Constants.BlockWords];

        fixed (Blake3State* self = &this)
        {
            Copy(self->_chaining, chaining);
            Unsafe.InitBlockUnaligned(message, 0, Blake3Constants.BlockBytes);
            Unsafe.CopyBlockUnaligned(message, self->_block, (uint)_blockBytes);
            uint blockBytes = (uint)_blockBytes;
            uint flags = ChunkFlags() | Blake3Constants.ChunkEnd;
            ulong counter = _chunksBefore;

            for (int depth = _stackDepth - 1; depth >= 0; depth--)
            {
                Compression.Compress<uint, ScalarLanes>(chaining, message, (uint*)&counter, blockBytes, flags, block);
                Copy(self->_stack + (depth * Words), message);
                Copy(block, message + Words);
                Copy(self->_key, chaining);
                blockBytes = Blake3Constants.BlockBytes;
                flags = _mode | Blake3Constants.Parent;
                counter = 0;
            }

            for (ulong outputBlock = 0; !output.IsEmpty; outputBlock++)
            {
                counter = outputBlock;
                Compression.Compress<uint, ScalarLanes>(
                    chaining, message, (uint*)&counter, blockBytes, flags | Blake3Constants.Root, block, block + Words);
                int written = Math.Min(output.Length, Blake3Constants.BlockBytes);
                new ReadOnlySpan<byte>(block, written).CopyTo(output);
                output = output[written..];
            }
        }
    }

    /// <summary>A batch begins at a multiple of its largest possible subtree, so that its own tree is part of the whole one.</summary>
    private readonly ulong BatchChunksAllowed()
        => _chunksBefore == 0
            ? BatchChunksMax
            : Math.Min(BatchChunksMax, 1UL << BitOperations.TrailingZeroCount(_chunksBefore));

    private readonly uint ChunkFlags() => _mode | (_blocksCompressed == 0 ? Blake3Constants.ChunkStart : 0);

    private void StartChunk()
    {
        fixed (Blake3State* self = &this)
        {
            Copy(self->_key, self->_chaining);
        }

        _blockBytes = 0;
        _blocksCompressed = 0;
    }

    /// <summary>Takes bytes of the current chunk; a full block is compressed once a further byte arrives.</summary>
    private void UpdateChunk(byte* input, int length)
    {
        fixed (Blake3State* self = &this)
        {
            while (length > 0)
            {
                if (_blockBytes == Blake3Constants.BlockBytes)
                {
                    CompressBlock(self->_block);
                    _blockBytes = 0;
                }

                if (_blockBytes == 0 && length > Blake3Constants.BlockBytes)
                {
                    CompressBlock(input);
                    input += Blake3Constants.BlockBytes;
                    length -= Blake3Constants.BlockBytes;
                    continue;
                }

                int taken = Math.Min(length, Blake3Constants.BlockBytes - _blockBytes);
                Unsafe.CopyBlockUnaligned(self->_block + _blockBytes, input, (uint)taken);
                _blockBytes += taken;
                input += taken;
                length -= taken;
            }
        }
    }

    private void CompressBlock(byte* block)
    {
        fixed (Blake3State* self = &this)
        {
            ulong counter = _chunksBefore;
            Compression.Compress<uint, ScalarLanes>(
                self->_chaining, (uint*)block, (uint*)&counter, Blake3Constants.BlockBytes, ChunkFlags(), self->_chaining);
        }

        _blocksCompressed++;
    }

    /// <summary>Closes the current chunk, which is full and not the last.</summary>
    private void FinishChunk()
    {
        fixed (Blake3State* self = &this)
        {
            ulong counter = _chunksBefore;
            Compression.Compress<uint, ScalarLanes>(
                self->_chaining, (uint*)self->_block, (uint*)&counter, Blake3Constants.BlockBytes,
                ChunkFlags() | Blake3Constants.ChunkEnd, self->_chaining);
            PushSubtree(self->_chaining, level: 0);
        }

        StartChunk();
    }

    /// <summary>
    /// Whole chunks, none of them the last. Their tree is built level by level; a subtree that finds no sibling in
    /// the batch waits, and those that wait are pushed largest first, which is from left to right.
    /// </summary>
    [SkipLocalsInit]
    private void UpdateChunks(byte* input, int chunks)
    {
        byte* chainingValues = stackalloc byte[BatchChunksMax * Hash256.ByteLength];
        uint* waiting = stackalloc uint[BatchLevelsMax * Words];
        uint waitingLevels = 0;

        fixed (Blake3State* self = &this)
        {
            LaneDispatch.Chunks(input, self->_key, _chunksBefore, _mode, chainingValues, chunks);

            int level = 0;
            for (int nodes = chunks; nodes > 1; nodes /= 2, level++)
            {
                if (nodes % 2 != 0)
                {
                    Copy((uint*)(chainingValues + ((nodes - 1) * Hash256.ByteLength)), waiting + (level * Words));
                    waitingLevels |= 1u << level;
                }

                MergePairs(self->_key, _mode, chainingValues, nodes / 2);
            }

            PushSubtree((uint*)chainingValues, level);
            while (--level >= 0)
            {
                if ((waitingLevels & (1u << level)) != 0)
                {
                    PushSubtree(waiting + (level * Words), level);
                }
            }
        }

        StartChunk();
    }

    /// <summary>Puts parents in place of pairs of neighbours. A group's digests go where no later group reads.</summary>
    [SkipLocalsInit]
    private static void MergePairs(uint* key, uint mode, byte* chainingValues, int pairs)
    {
        byte** messages = stackalloc byte*[BatchChunksMax / 2];
        byte** digests = stackalloc byte*[BatchChunksMax / 2];
        for (int pair = 0; pair < pairs; pair++)
        {
            messages[pair] = chainingValues + (pair * 2 * Hash256.ByteLength);
            digests[pair] = chainingValues + (pair * Hash256.ByteLength);
        }

        LaneDispatch.Pairs(messages, null, null, key, mode | Blake3Constants.Parent, digests, pairs);
    }

    /// <summary>Adds a complete subtree of 2^level chunks and merges what it completes; none of it is the root.</summary>
    private void PushSubtree(uint* chainingValue, int level)
    {
        fixed (Blake3State* self = &this)
        {
            Copy(chainingValue, self->_stack + (_stackDepth * Words));
            _stackDepth++;
            _chunksBefore += 1UL << level;

            ulong counter = 0;
            int merges = BitOperations.TrailingZeroCount(_chunksBefore) - level;
            for (; merges > 0; merges--)
            {
                _stackDepth--;
                uint* left = self->_stack + ((_stackDepth - 1) * Words);
                Compression.Compress<uint, ScalarLanes>(
                    self->_key, left, (uint*)&counter, Blake3Constants.BlockBytes, _mode | Blake3Constants.Parent, left);
            }
        }
    }

    private static void Copy(uint* from, uint* to) => Unsafe.CopyBlockUnaligned(to, from, Hash256.ByteLength);
}
