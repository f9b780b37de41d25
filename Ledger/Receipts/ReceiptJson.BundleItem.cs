using System.Runtime.InteropServices;
using System.Text.Json;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Receipts;

/// <content>An item of a bundle, without the others.</content>
public static partial class ReceiptJson
{
    private static readonly string[] EvidenceNames = ["bundle", "index", "item", "siblings"];

    private static readonly string[] BundleNames =
        ["kind", "ledger", "sender", "amount", "nonce", "expiry", "reference", "itemCount", "itemsRoot", "signer"];

    private static readonly string[] KindNames = ["bundle", "issue-bundle"];

    private static void WriteBundleItem(Utf8JsonWriter writer, in BundleItemEvidence evidence)
    {
        TransferBody bundle = evidence.Bundle;
        writer.WriteStartObject();
        writer.WriteStartObject("bundle");
        TransferJson.WriteBody(writer, bundle);
        writer.WriteNumber("itemCount", bundle.ItemNumber);
        writer.WriteString("itemsRoot", evidence.ItemsRoot.ToString());
        TransferJson.WriteSigner(writer, evidence.SignerKey, evidence.SignerSignature);
        writer.WriteEndObject();
        writer.WriteNumber("index", evidence.Index);
        writer.WriteStartObject("item");
        TransferJson.WriteItem(writer, evidence.Item);
        writer.WriteEndObject();
        WriteHashes(writer, "siblings", evidence.Siblings);
        writer.WriteEndObject();
    }

    private static bool ReadBundleItem(ref StrictJson json, out TransferEvidence? transfer)
    {
        transfer = null;
        byte[] bundle = new byte[FrameLayout.ItemsOffset - FrameLayout.BodyOffset];
        byte[] item = new byte[FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes];
        int itemBytes = 0;
        uint index = 0;
        List<Hash256> siblings = [];
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(EvidenceNames, ref seen)) >= 0)
        {
            bool isRead = field switch
            {
                0 => ReadBundle(ref json, bundle),
                1 => json.Number(ushort.MaxValue, out index),
                2 => json.BeginObject() && TransferJson.ReadItem(ref json, item, out itemBytes),
                _ => ReadHashes(ref json, siblings, ItemTree.PathCountMax),
            };
            if (!isRead)
            {
                return json.FailIn(EvidenceNames[field]);
            }
        }

        if (field != StrictJson.End || !json.Has(EvidenceNames, seen, 0b1111))
        {
            return false;
        }

        byte[] evidence = BundleItemEvidence.Assemble(bundle, (int)index, item.AsSpan(0, itemBytes), CollectionsMarshal.AsSpan(siblings));
        return TransferEvidence.TryRead(TransferEvidenceForm.BundleItem, evidence, out transfer) || json.FailIn("item");
    }

    // Body, items root, signer's key and signature, one behind the other.
    private static bool ReadBundle(ref StrictJson json, Span<byte> bundle)
    {
        int kind = 0;
        LedgerId ledger = default;
        AccountId sender = default;
        ulong[] numbers = new ulong[BundleNames.Length];
        uint itemCount = 0;
        Reference reference = default;
        Hash256 itemsRoot = default;
        PublicKey key = default;
        Signature signature = default;
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(BundleNames, ref seen)) >= 0)
        {
            bool isRead = field switch
            {
                0 => json.Word(KindNames, out kind),
                1 => json.Hex(out ledger),
                2 => json.Hex(out sender),
                6 => json.Hex(out reference),
                7 => json.Number(FrameLayout.ItemCountMax, out itemCount),
                8 => json.Hex(out itemsRoot),
                9 => TransferJson.ReadSigner(ref json, out key, out signature),
                _ => json.Number(out numbers[field]),
            };
            if (!isRead)
            {
                return json.FailIn(BundleNames[field]);
            }
        }

        TransferBody body = new()
        {
            Kind = kind == 0 ? TransferKind.Bundle : TransferKind.IssueBundle,
            ItemNumber = (ushort)itemCount,
            Ledger = ledger,
            Sender = sender,
            Amount = new Amount(numbers[3]),
            Nonce = numbers[4],
            Expiry = new Timestamp(numbers[5]),
            Reference = reference,
        };
        MemoryMarshal.Write(bundle, body);
        itemsRoot.CopyTo(bundle[TransferBody.SizeBytes..]);
        key.CopyTo(bundle[(TransferBody.SizeBytes + FrameLayout.ExtensionBytes)..]);
        signature.CopyTo(bundle[(TransferBody.SizeBytes + FrameLayout.ExtensionBytes + FrameLayout.KeyBytes)..]);
        return field == StrictJson.End && json.Has(BundleNames, seen, 0b11_1011_1111);
    }
}
