using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace LeitherCluster.Remoting.Peers;

/// <summary>Has Kestrel read from sockets in blocks of 64 KiB; with its own of 4 KiB the bulk lane spends its time in calls of the system.</summary>
internal sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 64 * 1024;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        public override int MaxBufferSize => BlockBytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
            return Shared.Rent(BlockBytes);
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
