using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Receipts;

namespace LeitherCluster.Hosting.Commands.Receipts;

/// <summary><c>leither receipt verify FILE</c>.</summary>
internal sealed class ReceiptVerifyCommand() : VerifyCommand(
    "Check a receipt offline, against a trust file alone. Exit code 0 only when it holds.",
    "leither receipt verify receipt.json",
    "leither receipt verify receipt.json --trust trust.json -o json")
{
    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        byte[] bytes = ReadFile(call);
        Trust trust = ReadTrust(call);
        Receipt? receipt = ReceiptDocument.Read(bytes);
        ReceiptFindings? findings = null;
        ReceiptVerdict verdict = receipt is null ? ReceiptVerdict.Malformed : ReceiptVerifier.Verify(receipt, trust.Committee, trust.Ledger, out findings);
        if (findings is null)
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The receipt does not hold: {ReceiptDocument.Explain(verdict)} ({(int)verdict}).");
        }

        call.Write(ReceiptText.Of(findings, trust), CommandJson.Default.ReceiptText, static (output, shown) =>
        {
            output.WriteLine("The receipt holds.");
            ReceiptText.WriteText(output, shown);
        });
        return Task.FromResult(ExitCode.Ok);
    }
}
