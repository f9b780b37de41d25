using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Ledger.Receipts;

/// <summary>A receipt as JSON (docs/PROTOCOL.md, section 7), and back into the same bytes.</summary>
public static partial class ReceiptJson
{
    private const int Statement = 0;
    private const int Path = 1;
    private const int Transfer = 2;
    private const int BundleItem = 3;

    private static readonly string[] Names = ["statement", "path", "transfer", "bundleItem", "account"];
    private static readonly string[] PathNames = ["branch", "place", "placeLevels", "branchLevels", "siblings"];

    /// <summary>Writes a receipt as one object.</summary>
    public static void Write(Utf8JsonWriter writer, Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(receipt);
        writer.WriteStartObject();
        writer.WritePropertyName(Names[Statement]);
        StatementJson.Write(writer, receipt.Statement);
        if (receipt.Account is { } account)
        {
            writer.WritePropertyName("account");
            writer.WriteRawValue(account.ToJson());
        }

        if (receipt.Transfer.Form == TransferEvidenceForm.Frame)
        {
            writer.WritePropertyName(Names[Transfer]);
            TransferJson.Write(writer, new TransferFrame(receipt.Transfer.Bytes));
        }
        else
        {
            BundleItemEvidence.TryRead(receipt.Transfer.Bytes, out BundleItemEvidence evidence);
            writer.WritePropertyName(Names[BundleItem]);
            WriteBundleItem(writer, evidence);
        }

        writer.WritePropertyName(Names[Path]);
        WritePath(writer, receipt.Path);
        writer.WriteEndObject();
    }

    /// <summary>
    /// Reads a receipt. When it returns false, <paramref name="field"/> says where the document is wrong, such as <c>statement.signatures[0].signer</c>. It
    /// throws for no document.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Receipt? receipt, [NotNullWhen(false)] out string? field)
    {
        receipt = null;
        try
        {
            StrictJson json = new(utf8);
            bool isRead = TryRead(ref json, out receipt) && json.IsAtEnd();
            field = isRead ? null : json.Field ?? "";
            return isRead;
        }
        catch (JsonException exception)
        {
            field = StrictJson.PlaceOf(exception);
            return false;
        }
    }

    private static bool TryRead(ref StrictJson json, [NotNullWhen(true)] out Receipt? receipt)
    {
        receipt = null;
        SignedStatement? statement = null;
        AccountProof? account = null;
        TransferEvidence? transfer = null;
        WindowPath? path = null;
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(Names, ref seen)) >= 0)
        {
            bool isRead = field switch
            {
                Statement => StatementJson.TryRead(ref json, out statement),
                Path => ReadPath(ref json, out path),
                Transfer => ReadFrame(ref json, out transfer),
                BundleItem => ReadBundleItem(ref json, out transfer),
                _ => json.Object(out ReadOnlySpan<byte> proof) && AccountProof.TryParseJson(Encoding.UTF8.GetString(proof), out account),
            };
            if (!isRead)
            {
                return json.FailIn(Names[field]);
            }
        }

        const uint both = 1 << Transfer | 1 << BundleItem;
        uint form = (seen & 1 << BundleItem) != 0 ? 1u << BundleItem : 1u << Transfer;
        if (field != StrictJson.End || !json.Has(Names, seen, 1 << Statement | 1 << Path | form))
        {
            return false;
        }

        if ((seen & both) == both)
        {
            return json.FailIn(Names[BundleItem]);
        }

        receipt = new Receipt(statement!, account, transfer!, path!);
        return true;
    }

    private static bool ReadFrame(ref StrictJson json, out TransferEvidence? transfer)
    {
        // No bundle, and so no long frame: what has items is refused.
        byte[] frame = new byte[FrameLayout.ItemsOffset + FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes];
        transfer = null;
        return TransferJson.TryRead(ref json, frame, out int length)
            && TransferEvidence.TryRead(TransferEvidenceForm.Frame, frame.AsSpan(0, length), out transfer);
    }

    private static void WritePath(Utf8JsonWriter writer, WindowPath path)
    {
        writer.WriteStartObject();
        writer.WriteNumber("branch", path.Position.Branch);
        writer.WriteNumber("place", path.Position.Place);
        writer.WriteNumber("placeLevels", path.PlaceLevels);
        writer.WriteNumber("branchLevels", path.BranchLevels);
        WriteHashes(writer, "siblings", path.Siblings.AsSpan());
        writer.WriteEndObject();
    }

    private static bool ReadPath(ref StrictJson json, out WindowPath? path)
    {
        path = null;
        uint[] numbers = new uint[PathNames.Length];
        List<Hash256> siblings = [];
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(PathNames, ref seen)) >= 0)
        {
            if (!(field == 4 ? ReadHashes(ref json, siblings, 2 * WindowPath.LevelCountMax) : json.Number(uint.MaxValue, out numbers[field])))
            {
                return json.FailIn(PathNames[field]);
            }
        }

        return field == StrictJson.End && json.Has(PathNames, seen, 0b1_1111)
            && (WindowPath.TryCreate(new WindowPosition(numbers[0], numbers[1]), numbers[2], numbers[3], [.. siblings], out path)
                || json.FailIn("siblings"));
    }

    private static void WriteHashes(Utf8JsonWriter writer, string name, ReadOnlySpan<Hash256> hashes)
    {
        writer.WriteStartArray(name);
        foreach (Hash256 hash in hashes)
        {
            writer.WriteStringValue(hash.ToString());
        }

        writer.WriteEndArray();
    }

    private static bool ReadHashes(ref StrictJson json, List<Hash256> hashes, int countMax)
    {
        if (!json.BeginArray())
        {
            return false;
        }

        while (json.NextHex(out Hash256 hash))
        {
            if (hashes.Count == countMax)
            {
                return json.FailIn($"[{hashes.Count}]");
            }

            hashes.Add(hash);
        }

        return json.Field is null || json.FailIn($"[{hashes.Count}]");
    }
}
