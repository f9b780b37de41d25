using System.Runtime.CompilerServices;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>The items of a well-formed bundle, in order; for <c>foreach</c>.</summary>
public ref struct BundleItems
{
    private ReadOnlySpan<byte> _rest;
    private int _nextIndex;
    private int _currentBytes;

    internal BundleItems(ReadOnlySpan<byte> items) => _rest = items;

    /// <summary>The item that the last <see cref="MoveNext"/> came to.</summary>
    public readonly BundleItem Current => new(in _rest[0], _nextIndex - 1);

    public readonly BundleItems GetEnumerator() => this;

    public bool MoveNext()
    {
        _rest = _rest[_currentBytes..];
        if (_rest.IsEmpty)
        {
            _currentBytes = 0;
            return false;
        }

        _currentBytes = Unsafe.ReadUnaligned<ushort>(in _rest[0]);
        _nextIndex++;
        return true;
    }
}
