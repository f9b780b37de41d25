using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Statements;

/// <summary>
/// Signed statements and committees as JSON (docs/PROTOCOL.md, section 5), and back. When a method returns false, <c>field</c> says where the
/// document is wrong; none throws for any document.
/// </summary>
public static class StatementJson
{
    private static readonly string[] Names =
    [
        "ledger", "translucency", "timeSequence", "beat", "timestamp", "previous", "root", "sum", "windows", "committee", "parameters", "signatures",
    ];

    private static readonly string[] SignatureNames = ["signer", "signature"];
    private static readonly string[] CommitteeNames = ["threshold", "keys"];

    /// <summary>Writes a signed statement as one object.</summary>
    public static void Write(Utf8JsonWriter writer, SignedStatement signedStatement)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(signedStatement);
        RootStatement statement = signedStatement.Statement;
        writer.WriteStartObject();
        writer.WriteString("ledger", statement.Ledger.ToString());
        writer.WriteNumber("translucency", statement.Translucency);
        writer.WriteString("timeSequence", statement.TimeSequence.ToString());
        writer.WriteString("beat", TransferJson.NumberText(statement.Beat.Value));
        writer.WriteString("timestamp", TransferJson.NumberText(statement.Timestamp.UnixMs));
        writer.WriteString("previous", statement.Previous.ToString());
        writer.WriteString("root", statement.Root.ToString());
        writer.WriteString("sum", statement.Sum.ToString());
        writer.WriteString("windows", statement.Windows.ToString());
        writer.WriteString("committee", statement.Committee.ToString());
        writer.WriteString("parameters", statement.Parameters.ToString());
        writer.WriteStartArray("signatures");
        foreach (StatementSignature signature in signedStatement.Signatures)
        {
            writer.WriteStartObject();
            writer.WriteNumber("signer", signature.SignerIndex);
            writer.WriteString("signature", signature.Signature.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads a signed statement.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out SignedStatement? result, [NotNullWhen(false)] out string? field)
    {
        result = null;
        try
        {
            StrictJson json = new(utf8);
            bool isRead = TryRead(ref json, out result) && json.IsAtEnd();
            field = isRead ? null : json.Field ?? "";
            return isRead;
        }
        catch (JsonException exception)
        {
            field = StrictJson.PlaceOf(exception);
            return false;
        }
    }

    /// <summary>Writes a committee as one object.</summary>
    public static void Write(Utf8JsonWriter writer, Committee committee)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(committee);
        writer.WriteStartObject();
        writer.WriteNumber("threshold", committee.Threshold);
        writer.WriteStartArray("keys");
        foreach (PublicKey key in committee.Keys)
        {
            writer.WriteStringValue(key.ToString());
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Reads a committee, whose keys may come in any order.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Committee? committee, [NotNullWhen(false)] out string? field)
    {
        committee = null;
        try
        {
            StrictJson json = new(utf8);
            bool isRead = TryRead(ref json, out committee) && json.IsAtEnd();
            field = isRead ? null : json.Field ?? "";
            return isRead;
        }
        catch (JsonException exception)
        {
            field = StrictJson.PlaceOf(exception);
            return false;
        }
    }

    internal static bool TryRead(ref StrictJson json, [NotNullWhen(true)] out SignedStatement? result)
    {
        result = null;
        if (!json.BeginObject())
        {
            return false;
        }

        ulong[] numbers = new ulong[Names.Length];
        Hash256[] hashes = new Hash256[Names.Length];
        LedgerId ledger = default;
        List<StatementSignature> signatures = [];
        uint seen = 0;
        int field;
        while ((field = json.Next(Names, ref seen)) >= 0)
        {
            bool isRead = field switch
            {
                0 => json.Hex(out ledger),
                1 => json.Number(out numbers[1]) && numbers[1] <= AccountId.SizeBits,
                2 or 3 or 4 or 7 => json.Number(out numbers[field]),
                11 => ReadSignatures(ref json, signatures),
                _ => json.Hex(out hashes[field]),
            };
            if (!isRead)
            {
                return json.FailIn(Names[field]);
            }
        }

        if (field != StrictJson.End || !json.Has(Names, seen, (1u << Names.Length) - 1))
        {
            return false;
        }

        RootStatement statement = new()
        {
            Ledger = ledger,
            Translucency = (uint)numbers[1],
            TimeSequence = new TimeSequence(numbers[2]),
            Beat = new BeatNumber(numbers[3]),
            Timestamp = new Timestamp(numbers[4]),
            Previous = hashes[5],
            Root = hashes[6],
            Sum = new Amount(numbers[7]),
            Windows = hashes[8],
            Committee = hashes[9],
            Parameters = hashes[10],
        };
        if (!statement.IsFirstExactlyWithoutPrevious)
        {
            return json.FailIn("previous");
        }

        return SignedStatement.TryCreate(statement, signatures, out result) || json.FailIn("signatures");
    }

    private static bool ReadSignatures(ref StrictJson json, List<StatementSignature> signatures)
    {
        if (!json.BeginArray())
        {
            return false;
        }

        while (json.NextObject())
        {
            uint signer = 0;
            Signature signature = default;
            uint seen = 0;
            int field;
            while ((field = json.Next(SignatureNames, ref seen)) >= 0)
            {
                if (!(field == 0 ? json.Number(uint.MaxValue, out signer) : json.Hex(out signature)))
                {
                    json.FailIn(SignatureNames[field]);
                    return json.FailIn($"[{signatures.Count}]");
                }
            }

            if (field != StrictJson.End || signatures.Count == Committee.CountMax || !json.Has(SignatureNames, seen, 0b11))
            {
                return json.FailIn($"[{signatures.Count}]");
            }

            signatures.Add(new StatementSignature(signer, signature));
        }

        return json.Field is null;
    }

    private static bool TryRead(ref StrictJson json, [NotNullWhen(true)] out Committee? committee)
    {
        committee = null;
        if (!json.BeginObject())
        {
            return false;
        }

        uint threshold = 0;
        List<PublicKey> keys = [];
        uint seen = 0;
        int field;
        while ((field = json.Next(CommitteeNames, ref seen)) >= 0)
        {
            if (!(field == 0 ? json.Number(Committee.CountMax, out threshold) : ReadKeys(ref json, keys)))
            {
                return json.FailIn(CommitteeNames[field]);
            }
        }

        if (field != StrictJson.End || !json.Has(CommitteeNames, seen, 0b11))
        {
            return false;
        }

        CommitteeFault fault = Committee.TryCreate((int)threshold, keys, out committee);
        return committee is not null || json.FailIn(fault == CommitteeFault.Threshold ? CommitteeNames[0] : CommitteeNames[1]);
    }

    private static bool ReadKeys(ref StrictJson json, List<PublicKey> keys)
    {
        if (!json.BeginArray())
        {
            return false;
        }

        while (json.NextHex(out PublicKey key))
        {
            if (keys.Count == Committee.CountMax)
            {
                return json.FailIn($"[{keys.Count}]");
            }

            keys.Add(key);
        }

        return json.Field is null || json.FailIn($"[{keys.Count}]");
    }
}
