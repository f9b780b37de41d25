using System.Globalization;
using System.Text.Json;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <content>The parts that other documents have, too, each way.</content>
public static partial class TransferJson
{
    private static readonly string[] SignerNames = ["key", "signature"];
    private static readonly string[] AcceptanceNames = ["key", "signature", "standing"];
    private static readonly string[] StandingNames = ["ledger", "receiver", "largestAmount", "expiry", "signature", "payer"];

    /// <summary>A 64-bit number as it stands in JSON, where numbers may lose digits.</summary>
    internal static string NumberText(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    internal static void WriteSigner(Utf8JsonWriter writer, in PublicKey key, in Signature signature)
    {
        writer.WriteStartObject("signer");
        writer.WriteString("key", key.ToString());
        writer.WriteString("signature", signature.ToString());
        writer.WriteEndObject();
    }

    internal static bool ReadSigner(ref StrictJson json, out PublicKey key, out Signature signature)
    {
        key = default;
        signature = default;
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(SignerNames, ref seen)) >= 0)
        {
            if (!(field == 0 ? json.Hex(out key) : json.Hex(out signature)))
            {
                return json.FailIn(SignerNames[field]);
            }
        }

        return field == StrictJson.End && json.Has(SignerNames, seen, 0b11);
    }

    /// <summary>Writes an acceptance, if there is any.</summary>
    internal static void WriteAcceptance(Utf8JsonWriter writer, in Acceptance acceptance)
    {
        if (acceptance.Form == AcceptanceForm.None)
        {
            return;
        }

        writer.WriteStartObject("acceptance");
        writer.WriteString("key", acceptance.ReceiverKey.ToString());
        if (acceptance.Form == AcceptanceForm.Signature)
        {
            writer.WriteString("signature", acceptance.Signature.ToString());
        }
        else
        {
            writer.WritePropertyName("standing");
            WriteStanding(writer, acceptance.Standing);
        }

        writer.WriteEndObject();
    }

    internal static bool ReadAcceptance(ref StrictJson json, out Acceptance acceptance)
    {
        acceptance = default;
        PublicKey key = default;
        Signature signature = default;
        StandingAcceptance standing = default;
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(AcceptanceNames, ref seen)) >= 0)
        {
            bool isRead = field switch
            {
                0 => json.Hex(out key),
                1 => json.Hex(out signature),
                _ => ReadStanding(ref json, out standing),
            };
            if (!isRead)
            {
                return json.FailIn(AcceptanceNames[field]);
            }
        }

        bool isStanding = (seen & 0b100) != 0;
        if (field != StrictJson.End || !json.Has(AcceptanceNames, seen, isStanding ? 0b101u : 0b011u))
        {
            return false;
        }

        if (seen == 0b111)
        {
            return json.FailIn(AcceptanceNames[2]);
        }

        acceptance = isStanding ? Acceptance.ByStanding(key, standing) : Acceptance.BySignature(key, signature);
        return true;
    }

    private static void WriteStanding(Utf8JsonWriter writer, in StandingAcceptance standing)
    {
        StandingTerms terms = standing.Terms;
        writer.WriteStartObject();
        writer.WriteString("ledger", terms.Ledger.ToString());
        writer.WriteString("receiver", terms.Receiver.ToString());
        WriteUnlessZero(writer, "payer", terms.Payer);
        writer.WriteString("largestAmount", NumberText(terms.LargestAmount.Units));
        writer.WriteString("expiry", NumberText(terms.Expiry.UnixMs));
        writer.WriteString("signature", standing.Signature.ToString());
        writer.WriteEndObject();
    }

    private static bool ReadStanding(ref StrictJson json, out StandingAcceptance standing)
    {
        standing = default;
        LedgerId ledger = default;
        AccountId receiver = default;
        AccountId payer = default;
        ulong largestAmount = 0;
        ulong expiry = 0;
        Signature signature = default;
        if (!json.BeginObject())
        {
            return false;
        }

        uint seen = 0;
        int field;
        while ((field = json.Next(StandingNames, ref seen)) >= 0)
        {
            bool isRead = field switch
            {
                0 => json.Hex(out ledger),
                1 => json.Hex(out receiver),
                2 => json.Number(out largestAmount),
                3 => json.Number(out expiry),
                4 => json.Hex(out signature),
                _ => json.Hex(out payer),
            };
            if (!isRead)
            {
                return json.FailIn(StandingNames[field]);
            }
        }

        StandingTerms terms = new()
        {
            Ledger = ledger,
            Receiver = receiver,
            Payer = payer,
            LargestAmount = new Amount(largestAmount),
            Expiry = new Timestamp(expiry),
        };
        standing = new StandingAcceptance(terms, signature);
        return field == StrictJson.End && json.Has(StandingNames, seen, 0b01_1111);
    }

    private static void WriteUnlessZero(Utf8JsonWriter writer, string name, in AccountId id)
    {
        if (!id.IsZero)
        {
            writer.WriteString(name, id.ToString());
        }
    }
}
