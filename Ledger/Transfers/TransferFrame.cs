using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// A transfer read in place, from the bytes it came in (docs/PROTOCOL.md, section 3): no copy, no allocation. Only for frames that
/// <see cref="FrameCheck"/> found well-formed; of any other the accessors say something, but nothing of meaning.
/// </summary>
public readonly ref struct TransferFrame
{
    private readonly ref readonly byte _start;

    /// <summary>Over the frame at the start of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">There are fewer bytes than the shortest frame has, or than this one says it has.</exception>
    public TransferFrame(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FrameLayout.FrameBytesMin || bytes.Length < MemoryMarshal.Read<uint>(bytes))
        {
            ThrowTooShort(bytes);
        }

        _start = ref MemoryMarshal.GetReference(bytes);
    }

    /// <summary>Over the frame at an address that is trusted to hold all of it, and to stay.</summary>
    public unsafe TransferFrame(byte* start) => _start = ref *start;

    /// <summary>The length of the whole frame.</summary>
    public int LengthBytes => Read<int>(0);

    public AcceptanceForm AcceptanceForm => Read<AcceptanceForm>(FrameLayout.FormOffset);

    /// <summary>The body, in place.</summary>
    public ref readonly TransferBody Body => ref At<TransferBody>(FrameLayout.BodyOffset);

    public TransferKind Kind => Body.Kind;

    /// <summary>Body and extension: what the id is made of and, behind the tag, the parties sign. 104 or 136 bytes.</summary>
    public ReadOnlySpan<byte> SignedBytes => Slice(FrameLayout.BodyOffset, TransferBody.SizeBytes + ExtensionBytes);

    /// <summary>The terms of the hold; only of a reserve.</summary>
    public HoldTerms HoldTerms => Read<HoldTerms>(FrameLayout.ExtensionOffset);

    /// <summary>How much a post says that the hold holds; only of a post.</summary>
    public Values.Amount HeldBefore => Read<Values.Amount>(FrameLayout.ExtensionOffset);

    /// <summary>The root over the items; only of the bundle kinds.</summary>
    public Hash256 ItemsRoot => Read<Hash256>(FrameLayout.ExtensionOffset);

    public PublicKey SignerKey => Read<PublicKey>(SignerOffset);

    public Signature SignerSignature => Read<Signature>(SignerOffset + FrameLayout.KeyBytes);

    /// <summary>The receiver's key; only where the acceptance form is not none.</summary>
    public PublicKey ReceiverKey => Read<PublicKey>(AcceptanceOffset);

    /// <summary>The receiver's signature; only where the acceptance form is signature.</summary>
    public Signature ReceiverSignature => Read<Signature>(AcceptanceOffset + FrameLayout.KeyBytes);

    /// <summary>The receiver's standing acceptance; only where the acceptance form is standing.</summary>
    public StandingAcceptance Standing => Read<StandingAcceptance>(AcceptanceOffset + FrameLayout.KeyBytes);

    /// <summary>The items of a bundle; none of any other kind.</summary>
    public BundleItems Items => FrameLayout.IsBundle(Kind)
        ? new BundleItems(Slice(FrameLayout.ItemsOffset, LengthBytes - FrameLayout.ItemsOffset))
        : default;

    /// <summary>The whole frame.</summary>
    public ReadOnlySpan<byte> Bytes => Slice(0, LengthBytes);

    /// <summary>The length of the body's extension: 0 or 32.</summary>
    public int ExtensionBytes => FrameLayout.ExtensionBytesOf(Kind);

    /// <summary>Where the signer's key lies, its signature behind it.</summary>
    internal int SignerOffset => FrameLayout.ExtensionOffset + ExtensionBytes;

    /// <summary>Where the receiver's key lies, if there is an acceptance.</summary>
    internal int AcceptanceOffset => SignerOffset + FrameLayout.KeyBytes + FrameLayout.SignatureBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Read<T>(int offset)
        where T : unmanaged
        => Unsafe.ReadUnaligned<T>(in Unsafe.Add(ref Unsafe.AsRef(in _start), offset));

    // A field's alignment is 4 at the most (Pack = 4) and x64 and ARM64 read unaligned words: a reference into the frame is good.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly T At<T>(int offset)
        where T : unmanaged
        => ref Unsafe.As<byte, T>(ref Unsafe.Add(ref Unsafe.AsRef(in _start), offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Slice(int offset, int length) =>
        MemoryMarshal.CreateReadOnlySpan(in Unsafe.Add(ref Unsafe.AsRef(in _start), offset), length);

    [DoesNotReturn]
    private static void ThrowTooShort(ReadOnlySpan<byte> bytes) =>
        throw new ArgumentException($"{bytes.Length} bytes are no whole frame.", nameof(bytes));
}
