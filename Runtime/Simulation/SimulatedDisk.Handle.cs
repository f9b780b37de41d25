using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Simulation;

public sealed partial class SimulatedDisk
{
    /// <summary>An open file. Good until it is disposed or the node goes down.</summary>
    private sealed class Handle(SimulatedDisk disk, string name, SimulatedFile file, bool readOnly) : IDiskFile
    {
        private readonly int _mount = disk._mount;
        private bool _disposed;

        public long Length
        {
            get
            {
                CheckOpen();
                return file.Length;
            }
        }

        public int Read(long offset, Span<byte> into)
        {
            CheckOpen();
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            disk.Before(DiskOperation.Read, name);
            if (disk.ReadsToFail > 0)
            {
                disk.ReadsToFail--;
                disk.Fail("read failed", DiskOperation.Read, name);
            }

            int count = file.Read(offset, into);
            disk.After(DiskOperation.Read, name);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            CheckWritable();
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            disk.Before(DiskOperation.Write, name);
            if (disk.WritesToFail > 0)
            {
                disk.WritesToFail--;
                WritePart(offset, bytes);
                disk.Fail("write failed", DiskOperation.Write, name);
            }

            try
            {
                disk.Reserve(DiskOperation.Write, name, file, offset + bytes.Length);
            }
            catch (DiskFullException)
            {
                // What fits into the room already allocated may get there.
                WritePart(offset, bytes[..(int)Math.Clamp(file.Allocated - offset, 0, bytes.Length)]);
                throw;
            }

            file.Write(offset, bytes);
            disk.After(DiskOperation.Write, name);
        }

        public unsafe void WriteAligned(long offset, byte* data, nint length)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(offset % JournalBuffer.Alignment, 0, nameof(offset));
            ArgumentOutOfRangeException.ThrowIfNotEqual((nint)data % JournalBuffer.Alignment, 0, nameof(data));
            ArgumentOutOfRangeException.ThrowIfNotEqual(length % JournalBuffer.Alignment, 0, nameof(length));

            Write(offset, new ReadOnlySpan<byte>(data, checked((int)length)));
        }

        public void Sync()
        {
            CheckWritable();
            disk.Before(DiskOperation.Sync, name);
            if (disk.SyncsToFail > 0)
            {
                disk.SyncsToFail--;
                file.FailSync(disk._chance);
                disk.Fail("sync failed", DiskOperation.Sync, name);
            }

            file.Sync();
            disk.After(DiskOperation.Sync, name);
        }

        public void Truncate(long length)
        {
            CheckWritable();
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            disk.Before(DiskOperation.Truncate, name);
            disk.Reserve(DiskOperation.Truncate, name, file, length);
            file.SetLength(length);
            disk.After(DiskOperation.Truncate, name);
        }

        public void Dispose() => _disposed = true;

        private void WritePart(long offset, ReadOnlySpan<byte> bytes)
        {
            int sectors = bytes.Length / SimulatedFile.SectorSize;
            int part = (int)disk._chance.Next((ulong)sectors + 1) * SimulatedFile.SectorSize;
            part = (int)Math.Clamp(file.Allocated - offset, 0, part);
            file.Write(offset, bytes[..part]);
        }

        private void CheckWritable()
        {
            CheckOpen();
            if (readOnly)
            {
                throw new InvalidOperationException($"{name} is open for reading only");
            }
        }

        private void CheckOpen()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_mount != disk._mount)
            {
                throw new DiskFailedException($"The node that had {name} open has gone down");
            }
        }
    }
}
