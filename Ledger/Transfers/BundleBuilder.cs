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
        Amount sum = _body.Amount + amount;
        int length = ItemCount == FrameLayout.ItemCountMax
            ? 0
            : FrameWriter.WriteItem(_frame[_lengthBytes..], receiver, amount, reference, acceptance);
        if (length == 0)
        {
            throw new InvalidOperationException($"There is no room for an item after {ItemCount} items and {_lengthBytes} bytes.");
        }

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

        ArgumentNullException.ThrowIfNull(sender);
        Hash256 root = ItemTree.Root(_frame[FrameLayout.ItemsOffset.._lengthBytes]);
        Signature signature = TransferBuilder.SignContent(_body, root.AsSpan(), sender);
        return FrameWriter.Write(_frame, _body, root.AsSpan(), sender.PublicKey, signature, Acceptance.None, _lengthBytes - FrameLayout.ItemsOffset);
    }
}
