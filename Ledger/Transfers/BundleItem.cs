using System.Runtime.CompilerServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// One item of a bundle, read in place:
/// <code>
/// 0   length(2) | acceptance form(1) | zero(1)
/// 4   receiver(20)
/// 24  amount(8)
/// 32  reference(16)
/// 48  acceptance: 0, 96 or 176 bytes
/// </code>
/// Only for items of a frame that <see cref="FrameCheck"/> found well-formed.
/// </summary>
public readonly ref struct BundleItem
{
    internal const int FormOffset = 2;
    internal const int ReceiverOffset = 4;
    internal const int AmountOffset = 24;
    internal const int ReferenceOffset = 32;

    private readonly ref readonly byte _start;

    internal BundleItem(ref readonly byte start, int index)
    {
        _start = ref start;
        Index = index;
    }

    /// <summary>Its place in the bundle, from 0.</summary>
    public int Index { get; }

    public int LengthBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Read<ushort>(0);
    }

    public AcceptanceForm AcceptanceForm => Read<AcceptanceForm>(FormOffset);

    public AccountId Receiver => Read<AccountId>(ReceiverOffset);

    public Amount Amount => Read<Amount>(AmountOffset);

    public Reference Reference => Read<Reference>(ReferenceOffset);

    /// <summary>The receiver's key; only where the acceptance form is not none.</summary>
    public PublicKey ReceiverKey => Read<PublicKey>(FrameLayout.ItemBytes);

    /// <summary>The receiver's signature over the item's body; only where the acceptance form is signature.</summary>
    public Signature ReceiverSignature => Read<Signature>(FrameLayout.ItemBytes + FrameLayout.KeyBytes);

    /// <summary>The receiver's standing acceptance; only where the acceptance form is standing.</summary>
    public StandingAcceptance Standing => Read<StandingAcceptance>(FrameLayout.ItemBytes + FrameLayout.KeyBytes);

    /// <summary>The whole item as it travels.</summary>
    public ReadOnlySpan<byte> Bytes => System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(in _start, LengthBytes);

    /// <summary>The item as a transfer of its own: what its receiver signs.</summary>
    public TransferBody BodyIn(in TransferBody bundle) => bundle with
    {
        Kind = TransferKind.BundleItem,
        ItemNumber = (ushort)Index,
        Receiver = Receiver,
        Amount = Amount,
        Reference = Reference,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Read<T>(int offset)
        where T : unmanaged
        => Unsafe.ReadUnaligned<T>(in Unsafe.Add(ref Unsafe.AsRef(in _start), offset));
}
