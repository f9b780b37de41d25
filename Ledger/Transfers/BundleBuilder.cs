using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Builds a bundle into memory that the caller gives: items one by one, then <see cref="Finish"/> counts, sums, hashes and signs. Items go straight to
/// their place; nothing is allocated.
/// </summary>
public ref struct BundleBuilder
{
    private readonly Span<byte> _frame;
    private TransferBody _body;
    private int _lengthBytes;

    /// <summary>
    /// Starts a bundle (or a bundle of issuances) whose body has all but receiver, amount and number of items, which follow from the
    /// items. The frame must have room for all items: <see cref="FrameLayout.FrameBytesMax"/> bytes are always enough.
    /// </summary>
    /// <exception cref="ArgumentException">The body is of another kind, or the frame has no room for an item.</exception>
    public BundleBuilder(Span<byte> frame, in TransferBody body)
    {
        if (!FrameLayout.IsBundle(body.Kind) || frame.Length < FrameLayout.ItemsOffset)
        {
            throw new ArgumentException($"No bundle of kind {body.Kind} can be built in {frame.Length} bytes.", nameof(frame));
        }

        _frame = frame;
        _body = body with { ItemNumber = 0, Receiver = default, Amount = Amount.Zero };
        _lengthBytes = FrameLayout.ItemsOffset;
    }

    /// <summary>How many items there are so far.</summary>
    public readonly int ItemCount => _body.ItemNumber;

    /// <summary>What the receiver of the next item signs, unless it has a standing acceptance.</summary>
    public readonly TransferBody NextItemBody(in AccountId receiver, Amount amount, Reference reference) => _body with
    {
        Kind = TransferKind.BundleItem,
        Receiver = receiver,
        Amount = amount,
        Reference = reference,
    };

    /// <summary>Adds an item.</summary>
    /// <exception cref="InvalidOperationException">There are 1,024 items already, or the frame is full.</exception>
    /// <exception cref="OverflowException">The items' sum does not fit 64 bits.</exception>
    public void Add(in AccountId receiver, Amount amount, Reference reference, in Acceptance acceptance)
    {
        int length = FrameLayout.ItemBytes + acceptance.SizeBytes;
        if (ItemCount == FrameLayout.ItemCountMax || _frame.Length - _lengthBytes < length)
        {
            throw new InvalidOperationException($"There is no room for an item after {ItemCount} items and {_lengthBytes} bytes.");
        }

        Amount sum = _body.Amount + amount;
        Span<byte> item = _frame.Slice(_lengthBytes, length);
        MemoryMarshal.Write(item, (uint)length | (uint)acceptance.Form << (8 * BundleItem.FormOffset));
        receiver.CopyTo(item[BundleItem.ReceiverOffset..]);
        MemoryMarshal.Write(item[BundleItem.AmountOffset..], amount);
        reference.CopyTo(item[BundleItem.ReferenceOffset..]);
        acceptance.CopyTo(item[FrameLayout.ItemBytes..]);
        _lengthBytes += length;
        _body = _body with { ItemNumber = (ushort)(ItemCount + 1), Amount = sum };
    }

    /// <summary>Signs the bundle and returns the length of its frame.</summary>
    /// <exception cref="InvalidOperationException">It has no item.</exception>
    public readonly int Finish(PrivateKey sender)
    {
        if (ItemCount == 0)
        {
            throw new InvalidOperationException("A bundle has at least one item.");
        }

        MemoryMarshal.Write(_frame, (ulong)_lengthBytes);
        MemoryMarshal.Write(_frame[FrameLayout.BodyOffset..], _body);
        Hash256 root = ItemTree.Root(new TransferFrame(_frame));
        TransferBuilder.Write(_frame, _body, root.AsSpan(), sender, Acceptance.None);
        MemoryMarshal.Write(_frame, (ulong)_lengthBytes);
        return _lengthBytes;
    }
}
