using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api.Inquiries;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>What became of transfers: where one was committed, and the receipt that proves it.</summary>
internal static class TransferEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/transfers/{id}", FindAsync)
            .WithSummary("Where a transfer, or an item of a bundle, was committed. With wait=committed it waits for the commit.")
            .Produces<TransferResult>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        v1.MapGet("/transfers/{id}/receipt", ReceiptAsync)
            .WithSummary("The receipt of a committed transfer for one of its parties (docs/PROTOCOL.md, section 7). Private to that party and the organization. JSON, or bytes by Accept.")
            .Produces<object>(StatusCodes.Status200OK, "application/json", BatchAnswers.BinaryType)
            .ProducesPrivate();
    }

    // An id is the hash of everything that a transfer says: whoever can ask by it knows the transfer, so this is not private.
    private static async Task<IResult> FindAsync(string id, string? sender, HttpRequest request, ApiServices services, CancellationToken cancel)
    {
        if (!TryParse(id, sender, out Hash256 transfer, out AccountId? account))
        {
            return Problem.BadRequest("A transfer id is 64, an account id 40 hexadecimal digits.");
        }

        if (!WaitModes.TryParse(request, out WaitMode wait))
        {
            return Problem.BadRequest(WaitModes.Explanation);
        }

        bool waits = wait == WaitMode.Committed && request.Query.ContainsKey("wait");
        TransferPlace? place = waits
            ? await WaitForAsync(transfer, account, services, cancel).ConfigureAwait(false)
            : await services.Gateway.FindTransferAsync(transfer, account, cancel).ConfigureAwait(false);
        return place is null
            ? Problem.NotFound("No transfer of that id is committed: it is unknown, pending, or its window is no longer searchable.")
            : Results.Json(ContractMapper.Map(place), ApiJson.Default.TransferResult);
    }

    private static async Task<IResult> ReceiptAsync(
        string id, string party, string? sender, HttpRequest request, ApiServices services, CancellationToken cancel)
    {
        if (!TryParse(id, sender, out Hash256 transfer, out AccountId? account) || !AccountId.TryParse(party, out AccountId partyAccount))
        {
            return Problem.BadRequest("A transfer id is 64, an account id 40 hexadecimal digits.");
        }

        InquiryVerdict verdict = services.Gate.Judge(request, partyAccount);
        if (verdict != InquiryVerdict.Allowed)
        {
            return Problem.NotShown(verdict);
        }

        Receipt? receipt = await services.Gateway.MakeReceiptAsync(transfer, account, partyAccount, cancel).ConfigureAwait(false);
        return receipt is null || !IsParty(receipt, partyAccount)
            ? Problem.NotFound("There is no receipt: the transfer is not committed, the party is none of its, or its pulse is no longer retained.")
            : BatchAnswers.AcceptsBinary(request)
                ? Results.Bytes(receipt.ToBytes(), BatchAnswers.BinaryType)
                : Results.Bytes(JsonText.BytesOf(writer => ReceiptJson.Write(writer, receipt)), "application/json");
    }

    private static bool IsParty(Receipt receipt, in AccountId account)
    {
        TransferBody body = receipt.Transfer.Body;
        return body.Sender == account || body.Receiver == account;
    }

    // A pulse may fall between the first look and the watching, and be announced before its transfers can be looked up: so every beat makes
    // for a look, also one that changed nothing.
    private static async Task<TransferPlace?> WaitForAsync(Hash256 id, AccountId? sender, ApiServices services, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(services.Options.WaitS), services.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        TransferPlace? place = await services.Gateway.FindTransferAsync(id, sender, cancel).ConfigureAwait(false);
        try
        {
            IAsyncEnumerable<PulseSummary> pulses = services.Gateway.WatchPulsesAsync(either.Token);
            IAsyncEnumerator<PulseSummary> beats = pulses.GetAsyncEnumerator(either.Token);
            await using (beats.ConfigureAwait(false))
            {
                while (place is null && await beats.MoveNextAsync().ConfigureAwait(false))
                {
                    place = await services.Gateway.FindTransferAsync(id, sender, cancel).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return null;
        }

        return place;
    }

    private static bool TryParse(string id, string? sender, out Hash256 transfer, out AccountId? account)
    {
        account = null;
        if (!Hash256.TryParse(id, out transfer))
        {
            return false;
        }

        bool isGiven = AccountId.TryParse(sender, out AccountId given);
        account = isGiven ? given : null;
        return isGiven || sender is null;
    }
}
