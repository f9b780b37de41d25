using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>What <see cref="FrameCheck"/> found.</summary>
/// <param name="Outcome">
/// <see cref="Outcome.Pending"/>: well-formed. <see cref="Outcome.Malformed"/>. <see cref="Outcome.AmountOverflow"/>: well-formed, but for the sum of
/// its items, which does not fit 64 bits.
/// </param>
/// <param name="SmallestAmount">The smallest amount that the transfer moves in one piece; the greatest number there is for one that moves none.</param>
public readonly record struct FrameVerdict(Outcome Outcome, Amount SmallestAmount);

/// <summary>
/// Whether the bytes of a frame have the one shape that docs/PROTOCOL.md, section 3, gives to a transfer of its kind: length, form, counts,
/// every reserved byte zero, items that add up and hash to the root. It looks at nothing but the frame, and touches nothing outside.
/// </summary>
public static class FrameCheck
{
    private const int FormCount = 4;

    private static readonly FrameVerdict Malformed = new(Outcome.Malformed, default);
    private static readonly Amount NoAmount = new(ulong.MaxValue);

    // By kind and form, the length of the frame in units of 8 bytes (of a bundle, without its items); 0 where a kind does not allow the form.
    private static ReadOnlySpan<byte> Lengths =>
    [
        0, 0, 0, 0,
        0, 304 / 8, 384 / 8, 0, // pay
        208 / 8, 0, 0, 0, // issue
        0, 336 / 8, 416 / 8, 0, // reserve
        240 / 8, 0, 0, 0, // post
        208 / 8, 0, 0, 0, // release
        240 / 8, 0, 0, 0, // bundle
        240 / 8, 0, 0, 0, // issue bundle
    ];

    /// <summary>Checks the bytes of one frame, from its first to its last.</summary>
    public static FrameVerdict Check(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < FrameLayout.FrameBytesMin)
        {
            return Malformed;
        }

        ref byte start = ref MemoryMarshal.GetReference(frame);
        ulong header = Unsafe.ReadUnaligned<ulong>(ref start);
        uint head = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, FrameLayout.BodyOffset));
        uint form = (uint)(header >> (8 * FrameLayout.FormOffset));
        uint kind = (byte)(head >> 8);
        uint place = (kind * FormCount) + form;
        if ((uint)header != (uint)frame.Length || form >= FormCount || (byte)head != TransferBody.CurrentVersion
            || place >= (uint)Lengths.Length)
        {
            return Malformed;
        }

        uint length = Lengths[(int)place] * (uint)FrameLayout.AlignmentBytes;
        TransferFrame transfer = new(frame);
        ref readonly TransferBody body = ref transfer.Body;
        if (body.Nonce == 0 || body.Sender.IsZero)
        {
            return Malformed;
        }

        if (FrameLayout.IsBundle(body.Kind))
        {
            return length != 0 && length < (uint)frame.Length && IsBundleBody(body) ? CheckItems(frame, body) : Malformed;
        }

        bool isWellFormed = length == (uint)frame.Length && head >> 16 == 0 && !body.Receiver.IsZero
            && HasZerosWhereReserved(ref start, (TransferKind)kind, (AcceptanceForm)form, body.Amount);
        return isWellFormed ? new FrameVerdict(Outcome.Pending, kind == (uint)TransferKind.Release ? NoAmount : body.Amount) : Malformed;
    }

    /// <summary>Whether the body of a bundle is well-formed for itself.</summary>
    internal static bool IsBundleBody(in TransferBody body) =>
        body.Version == TransferBody.CurrentVersion && FrameLayout.IsBundle(body.Kind) && body.Nonce != 0 && !body.Sender.IsZero
        && body.Receiver.IsZero && body.ItemNumber is > 0 and <= FrameLayout.ItemCountMax;

    /// <summary>The length of the well-formed item at the start of the bytes; 0 if there is none.</summary>
    internal static int ItemLength(ReadOnlySpan<byte> items, bool isIssuance)
    {
        if (items.Length < FrameLayout.ItemBytes)
        {
            return 0;
        }

        BundleItem item = new(in items[0], 0);
        AcceptanceForm form = item.AcceptanceForm;
        bool formIsAllowed = isIssuance ? form == AcceptanceForm.None : form is AcceptanceForm.Signature or AcceptanceForm.Standing;
        int length = FrameLayout.ItemBytes + FrameLayout.AcceptanceBytesOf(form);
        bool isWellFormed = formIsAllowed && item.LengthBytes == length && length <= items.Length && items[3] == 0 && !item.Receiver.IsZero
            && (form != AcceptanceForm.Standing || HasStandingVersion(ref MemoryMarshal.GetReference(items[FrameLayout.ItemBytes..])));
        return isWellFormed ? length : 0;
    }

    private static bool HasZerosWhereReserved(ref byte start, TransferKind kind, AcceptanceForm form, Amount amount)
    {
        ref byte extension = ref Unsafe.Add(ref start, FrameLayout.ExtensionOffset);
        bool isZero = kind switch
        {
            TransferKind.Reserve => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref extension, 28)) == 0,
            TransferKind.Post => (Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref extension, 8))
                | Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref extension, 16))
                | Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref extension, 24))) == 0,
            TransferKind.Release => amount == Amount.Zero,
            _ => true,
        };

        int acceptance = FrameLayout.FrameBytesMin + FrameLayout.ExtensionBytesOf(kind);
        return isZero && (form != AcceptanceForm.Standing || HasStandingVersion(ref Unsafe.Add(ref start, acceptance)));
    }

    private static bool HasStandingVersion(ref byte acceptance) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref acceptance, FrameLayout.KeyBytes)) == StandingTerms.CurrentVersion;

    private static FrameVerdict CheckItems(ReadOnlySpan<byte> frame, in TransferBody body)
    {
        ReadOnlySpan<byte> items = frame[FrameLayout.ItemsOffset..];
        Amount smallest = NoAmount;
        UInt128 sum = 0;
        for (int i = 0; i < body.ItemNumber; i++)
        {
            int length = ItemLength(items, FrameLayout.IsIssuance(body.Kind));
            if (length == 0)
            {
                return Malformed;
            }

            Amount amount = new BundleItem(in items[0], i).Amount;
            smallest = amount < smallest ? amount : smallest;
            sum += amount.Units;
            items = items[length..];
        }

        bool overflows = sum > ulong.MaxValue;
        bool isWellFormed = items.IsEmpty && (overflows || (ulong)sum == body.Amount.Units)
            && ItemTree.Root(frame[FrameLayout.ItemsOffset..]) == new TransferFrame(frame).ItemsRoot;
        return isWellFormed ? new FrameVerdict(overflows ? Outcome.AmountOverflow : Outcome.Pending, smallest) : Malformed;
    }
}
