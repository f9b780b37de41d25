using System.Text;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Receipts;
using TransferReference = LeitherCluster.Ledger.Transfers.Reference;

namespace LeitherCluster.Hosting.Commands.Receipts;

/// <summary>What a receipt says: who paid whom how much, and when. Amounts are decimals of the ledger's token.</summary>
internal sealed record ReceiptText(
    string Ledger,
    string Transfer,
    string Kind,
    string From,
    string To,
    string Amount,
    string Token,
    string Reference,
    ulong Sequence,
    string Beat,
    string At,
    uint Branch,
    uint Place,
    string? Account,
    string? Balance)
{
    public static ReceiptText Of(ReceiptFindings findings, Trust trust) => new(
        findings.Ledger.ToString(),
        findings.TransferId.ToString(),
        findings.Kind.ToString().ToLowerInvariant(),
        findings.Sender.ToString(),
        findings.Receiver.ToString(),
        findings.Amount.ToString(trust.Decimals),
        trust.Token,
        TextOf(findings.Reference),
        findings.TimeSequence.Value,
        findings.Beat.ToString(),
        findings.Timestamp.ToString(),
        findings.Position.Branch,
        findings.Position.Place,
        findings.Account?.Id.ToString(),
        findings.Account?.Balance.ToString(trust.Decimals));

    public static void WriteText(TextWriter output, ReceiptText receipt)
    {
        output.WriteLine($"transfer   {receipt.Transfer} ({receipt.Kind})");
        output.WriteLine($"from       {receipt.From}");
        output.WriteLine($"to         {receipt.To}");
        output.WriteLine($"amount     {receipt.Amount} {receipt.Token}");
        output.WriteLine($"reference  {receipt.Reference}");
        output.WriteLine($"committed  pulse {receipt.Sequence}, {receipt.At} (branch {receipt.Branch}, place {receipt.Place})");
        if (receipt.Balance is not null)
        {
            output.WriteLine($"balance    {receipt.Balance} {receipt.Token} of {receipt.Account} in that pulse");
        }
    }

    // A reference that is text is shown as such, any other in hexadecimal.
    private static string TextOf(TransferReference reference)
    {
        Span<byte> bytes = stackalloc byte[TransferReference.SizeBytes];
        reference.CopyTo(bytes);
        ReadOnlySpan<byte> text = bytes.TrimEnd((byte)0);
        return System.Text.Unicode.Utf8.IsValid(text) && text.IndexOfAnyInRange((byte)0, (byte)31) < 0 ? Encoding.UTF8.GetString(text) : reference.ToString();
    }
}
