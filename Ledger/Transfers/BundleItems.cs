using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>The items of a well-formed bundle, in order; for <c>foreach</c>.</summary>
public ref struct BundleItems
{
    private readonly ReadOnlySpan<byte> _items;
    private int _offset;
    private int _index;

    internal BundleItems(ReadOnlySpan<byte> items)
    {
        _items = items;
        _offset = 0;
        _index = -1;
    }

    /// <summary>The item that the last <see cref="MoveNext"/> came to.</summary>
    public readonly BundleItem Current => new(in _items[_offset], _index);

    public readonly BundleItems GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_index >= 0)
        {
            _offset += Unsafe.ReadUnaligned<ushort>(in _items[_offset]);
        }

        _index++;
        return _offset < _items.Length;
    }
}
