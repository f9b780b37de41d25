using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <content>From JSON to a frame.</content>
public static partial class TransferJson
{
    private const int Kind = 0;
    private const int Ledger = 1;
    private const int Sender = 2;
    private const int Receiver = 3;
    private const int AmountField = 4;
    private const int Nonce = 5;
    private const int Expiry = 6;
    private const int ReferenceField = 7;
    private const int Signer = 8;
    private const int AcceptanceField = 9;
    private const int HoldField = 10;
    private const int Held = 11;
    private const int Items = 12;

    private static readonly string[] Names =
        ["kind", "ledger", "sender", "receiver", "amount", "nonce", "expiry", "reference", "signer", "acceptance", "hold", "held", "items"];

    private static readonly string[] HoldNames = ["expiry", "controller"];
    private static readonly string[] ItemNames = ["receiver", "amount", "reference", "acceptance"];

    // What a document has said so far, in whatever order.
    private struct Fields
    {
        public uint Seen;
        public TransferBody Body;
        public PublicKey SignerKey;
        public Signature SignerSignature;
        public Acceptance Acceptance;
        public HoldTerms Hold;
        public ulong Held;
        public int ItemCount;
        public int ItemsBytes;
    }

    internal static bool TryRead(ref StrictJson json, Span<byte> frame, out int lengthBytes)
    {
        lengthBytes = 0;
        Fields fields = new() { Body = new TransferBody() };
        if (!json.BeginObject())
        {
            return false;
        }

        int field;
        while ((field = json.Next(Names, ref fields.Seen)) >= 0)
        {
            if (!ReadField(ref json, field, ref fields, frame))
            {
                return json.FailIn(Names[field]);
            }
        }

        if (field != StrictJson.End || !HasItsFields(ref json, fields) || !HasItsItems(ref json, fields, frame))
        {
            return false;
        }

        lengthBytes = Assemble(fields, frame);
        return true;
    }

    private static bool ReadField(ref StrictJson json, int field, ref Fields fields, Span<byte> frame)
    {
        ulong number = 0;
        bool isRead;
        switch (field)
        {
            case Kind:
                isRead = json.Word(KindNames, out int kind);
                fields.Body = fields.Body with { Kind = (TransferKind)kind };
                return isRead;
            case Ledger:
                isRead = json.Hex(out LedgerId ledger);
                fields.Body = fields.Body with { Ledger = ledger };
                return isRead;
            case Sender:
                isRead = json.Hex(out AccountId sender);
                fields.Body = fields.Body with { Sender = sender };
                return isRead && !sender.IsZero;
            case Receiver:
                isRead = json.Hex(out AccountId receiver);
                fields.Body = fields.Body with { Receiver = receiver };
                return isRead && !receiver.IsZero;
            case AmountField:
                isRead = json.Number(out number);
                fields.Body = fields.Body with { Amount = new Amount(number) };
                return isRead;
            case Nonce:
                isRead = json.Number(out number);
                fields.Body = fields.Body with { Nonce = number };
                return isRead && number != 0;
            case Expiry:
                isRead = json.Number(out number);
                fields.Body = fields.Body with { Expiry = new Timestamp(number) };
                return isRead;
            case ReferenceField:
                isRead = json.Hex(out Reference reference);
                fields.Body = fields.Body with { Reference = reference };
                return isRead;
            case Signer:
                return ReadSigner(ref json, out fields.SignerKey, out fields.SignerSignature);
            case AcceptanceField:
                return ReadAcceptance(ref json, out fields.Acceptance);
            case HoldField:
                return ReadHold(ref json, out fields.Hold);
            case Held:
                return json.Number(out fields.Held);
            default:
                return ReadItems(ref json, ref fields, frame);
        }
    }

    private static bool ReadHold(ref StrictJson json, out HoldTerms hold)
    {
        hold = default;
        ulong expiry = 0;
        AccountId controller = default;
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(HoldNames, ref seen)) >= 0)
        {
            if (!(field == 0 ? json.Number(out expiry) : json.Hex(out controller)))
            {
                return json.FailIn(HoldNames[field]);
            }
        }

        hold = new HoldTerms(new Timestamp(expiry), controller);
        return field == StrictJson.End && json.Has(HoldNames, seen, 0b01);
    }

    private static bool ReadItems(ref StrictJson json, ref Fields fields, Span<byte> frame)
    {
        if (!json.BeginArray())
        {
            return false;
        }

        while (json.NextObject())
        {
            int offset = FrameLayout.ItemsOffset + fields.ItemsBytes;
            int length = 0;
            if (fields.ItemCount == FrameLayout.ItemCountMax || offset > frame.Length || !ReadItem(ref json, frame[offset..], out length))
            {
                return json.FailIn($"[{fields.ItemCount}]");
            }

            fields.ItemsBytes += length;
            fields.ItemCount++;
        }

        return json.Field is null && fields.ItemCount > 0;
    }

    // The inside of an item's object, into the frame.
    internal static bool ReadItem(ref StrictJson json, Span<byte> item, out int length)
    {
        length = 0;
        AccountId receiver = default;
        ulong amount = 0;
        Reference reference = default;
        Acceptance acceptance = default;
        uint seen = 0;
        int field;
        while ((field = json.Next(ItemNames, ref seen)) >= 0)
        {
            bool isRead = field switch
            {
                0 => json.Hex(out receiver) && !receiver.IsZero,
                1 => json.Number(out amount),
                2 => json.Hex(out reference),
                _ => ReadAcceptance(ref json, out acceptance),
            };
            if (!isRead)
            {
                return json.FailIn(ItemNames[field]);
            }
        }

        if (field != StrictJson.End || !json.Has(ItemNames, seen, 0b0011))
        {
            return false;
        }

        length = FrameWriter.WriteItem(item, receiver, new Amount(amount), reference, acceptance);
        return length != 0;
    }

    // Whether there are all fields that the kind has, and no others; and what the kind demands of them.
    private static bool HasItsFields(ref StrictJson json, in Fields fields)
    {
        const uint always = 1 << Kind | 1 << Ledger | 1 << Sender | 1 << AmountField | 1 << Nonce | 1 << Expiry | 1 << Signer;
        TransferKind kind = fields.Body.Kind;
        uint required = always | kind switch
        {
            TransferKind.Pay => 1 << Receiver | 1 << AcceptanceField,
            TransferKind.Reserve => 1 << Receiver | 1 << AcceptanceField | 1 << HoldField,
            TransferKind.Post => 1 << Receiver | 1 << Held,
            TransferKind.Bundle or TransferKind.IssueBundle => 1 << Items,
            _ => 1 << Receiver,
        };
        if (!json.Has(Names, fields.Seen, required))
        {
            return false;
        }

        uint besides = fields.Seen & ~(required | 1 << ReferenceField);
        if (besides != 0)
        {
            return json.FailIn(Names[System.Numerics.BitOperations.TrailingZeroCount(besides)]);
        }

        return kind != TransferKind.Release || fields.Body.Amount == Amount.Zero || json.FailIn(Names[AmountField]);
    }

    // Whether the items have acceptances where the kind demands them, and make up the amount. (A sum beyond 64 bits has an outcome of its own.)
    private static bool HasItsItems(ref StrictJson json, in Fields fields, ReadOnlySpan<byte> frame)
    {
        if (!FrameLayout.IsBundle(fields.Body.Kind))
        {
            return true;
        }

        UInt128 sum = 0;
        foreach (BundleItem item in new BundleItems(frame.Slice(FrameLayout.ItemsOffset, fields.ItemsBytes)))
        {
            sum += item.Amount.Units;
            if ((item.AcceptanceForm == AcceptanceForm.None) != FrameLayout.IsIssuance(fields.Body.Kind))
            {
                return json.FailIn($"{Names[Items]}[{item.Index}].{ItemNames[3]}");
            }
        }

        return sum > ulong.MaxValue || sum == fields.Body.Amount.Units || json.FailIn(Names[AmountField]);
    }

    private static int Assemble(in Fields fields, Span<byte> frame)
    {
        Span<byte> extension = stackalloc byte[FrameLayout.ExtensionBytes];
        extension = extension[..FrameLayout.ExtensionBytesOf(fields.Body.Kind)];
        TransferBody body = fields.Body with { ItemNumber = (ushort)fields.ItemCount };
        if (body.Kind == TransferKind.Reserve)
        {
            FrameWriter.WriteExtension(extension, fields.Hold);
        }
        else if (body.Kind == TransferKind.Post)
        {
            FrameWriter.WriteExtension(extension, new Amount(fields.Held));
        }
        else if (FrameLayout.IsBundle(body.Kind))
        {
            Hash256 root = ItemTree.Root(frame.Slice(FrameLayout.ItemsOffset, fields.ItemsBytes));
            root.CopyTo(extension);
        }

        return FrameWriter.Write(frame, body, extension, fields.SignerKey, fields.SignerSignature, fields.Acceptance, fields.ItemsBytes);
    }
}
