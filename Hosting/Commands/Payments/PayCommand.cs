using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Payments;

/// <summary><c>leither pay --key KEY --to ACCOUNT --amount DECIMAL</c>.</summary>
internal sealed class PayCommand : ClientCommand
{
    private readonly Option<string> _key = CommonOptions.Key("The payer's key, which signs.", isRequired: true);
    private readonly Option<string?> _to = new("--to") { Description = "The receiver, which has a standing acceptance: id, public key, key file or name:NAME.", HelpName = "ACCOUNT" };
    private readonly Option<string?> _toKey = new("--to-key") { Description = "The receiver's key, which signs this payment too: no standing acceptance is needed.", HelpName = "KEY" };
    private readonly Option<string> _amount = CommonOptions.Amount("How much, such as 12.50.");
    private readonly TransferOptions _transfer = new();
    private readonly Option<string?> _receipt = new("--receipt") { Description = "Wait for the commit, and save the receipt to this file.", HelpName = "FILE" };

    public PayCommand()
        : base(
            "pay",
            "Pay somebody. Says its transfer id at once; with --wait, or --receipt, when it is committed.",
            "leither pay --key alice.key --to name:demo-1 --amount 12.50 --wait",
            "leither pay --key alice.key --to name:demo-1 --amount 12.50 --receipt receipt.json",
            "leither pay --key alice.key --to-key bob.key --amount 1.00 --reference 'invoice 17'")
    {
        Add(_key);
        Add(_to);
        Add(_toKey);
        Add(_amount);
        _transfer.AddTo(this);
        Add(_receipt);
        Validators.Add(result =>
        {
            if (result.GetResult(_to) is null == (result.GetResult(_toKey) is null))
            {
                result.AddError("Say who is paid: one of --to and --to-key");
            }
        });
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        KeyReferences references = References(call);
        using PrivateKey payer = references.OpenKey(call.Required(_key));
        using PrivateKey? receiverKey = call.Value(_toKey) is { } toKey ? references.OpenKey(toKey) : null;
        LedgerView ledger = await LedgerView.OfAsync(client, cancel).ConfigureAwait(false);
        string? receiptFile = call.Value(_receipt);
        ReceiptFiles.RequireFree(receiptFile);
        var draft = new TransferBody
        {
            Kind = TransferKind.Pay,
            Receiver = receiverKey is not null ? AccountIds.Of(receiverKey.PublicKey) : references.AccountOf(call.Value(_to)!),
            Amount = ledger.ParseAmount("--amount", call.Required(_amount)),
        };

        Acceptance standing = receiverKey is null
            ? await FindStandingAsync(client, draft, payer, cancel).ConfigureAwait(false)
            : Acceptance.None;
        TransferResult result = await _transfer.SendAsync(
            call,
            new TransferSender(client, payer),
            draft,
            (frame, in body, key) => TransferBuilder.Pay(
                frame, body, key, receiverKey is null ? standing : Acceptance.BySignature(receiverKey.PublicKey, TransferBuilder.Sign(body, receiverKey))),
            mustCommit: receiptFile is not null,
            cancel).ConfigureAwait(false);
        if (receiptFile is not null)
        {
            await ReceiptFiles.FetchAsync(client, Hash256.TryParse(result.Id, out Hash256 id) ? id : default, payer, AccountIds.Of(payer.PublicKey), receiptFile, cancel).ConfigureAwait(false);
        }

        call.Write(result, ApiJson.Default.TransferResult, TransferOptions.WriteText);
        return ExitCode.Ok;
    }

    private static async Task<Acceptance> FindStandingAsync(LedgerClient client, TransferBody draft, PrivateKey payer, CancellationToken cancel) =>
        await client.FindAcceptanceAsync(payer, draft.Receiver, draft.Amount, cancel).ConfigureAwait(false)
            ?? throw new CommandFailedException(
                ExitCode.Refused,
                $"Refused: {OutcomeTexts.NameOf(Outcome.NotAccepted)} ({(int)Outcome.NotAccepted}). {draft.Receiver} has no standing acceptance that covers this. "
                + "Let the receiver run 'leither account accept', or sign together with --to-key.");
}
