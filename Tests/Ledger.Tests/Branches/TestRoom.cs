using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Branches;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>Memory for windows, of which there may be as much as a test says; all of it is accounted for.</summary>
internal sealed unsafe class TestRoom : IDisposable
{
    private readonly List<TestBuffer> _buffers = [];

    /// <summary>Buffers that may still be given.</summary>
    public int BuffersLeft { get; set; } = int.MaxValue;

    /// <summary>No buffer grows beyond this.</summary>
    public int BufferBytesMax { get; set; } = int.MaxValue;

    /// <summary>Buffers that were given and not given back.</summary>
    public int Rented => _buffers.Count(buffer => !buffer.IsBack);

    public WindowBuffer? Rent()
    {
        if (BuffersLeft == 0)
        {
            return null;
        }

        BuffersLeft--;
        var buffer = new TestBuffer(this);
        _buffers.Add(buffer);
        return buffer;
    }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Free());

    private sealed class TestBuffer(TestRoom room) : WindowBuffer
    {
        public bool IsBack { get; private set; }

        public override void GiveBack()
        {
            Assert.False(IsBack);
            IsBack = true;
            Free();
        }

        public void Free()
        {
            NativeMemory.Free(Data);
            Data = null;
            Capacity = 0;
        }

        protected override bool TryGrow(int capacityMin)
        {
            if (capacityMin > room.BufferBytesMax)
            {
                return false;
            }

            // Moves every time: what still points into the old memory reads garbage.
            byte* moved = (byte*)NativeMemory.Alloc((nuint)capacityMin);
            Span.CopyTo(new Span<byte>(moved, capacityMin));
            Span.Fill(0xDD);
            NativeMemory.Free(Data);
            Data = moved;
            Capacity = capacityMin;
            return true;
        }
    }
}
