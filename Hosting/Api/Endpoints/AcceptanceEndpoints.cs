using System.Runtime.InteropServices;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api.Inquiries;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>Standing acceptances: receivers register what they will take, payers fetch what to put into their transfers.</summary>
internal static class AcceptanceEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapPost("/acceptances", RegisterAsync)
            .WithSummary("Registers a standing acceptance, which its receiver has signed; it is durable when this is answered.")
            .Produces<AcceptanceResult>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        v1.MapGet("/accounts/{id}/acceptance", FindAsync)
            .WithSummary("The registered acceptance of this receiver that covers a payer and an amount. Private to the two and the organization.")
            .Produces<AcceptanceResult>()
            .ProducesPrivate();
    }

    private static async Task<IResult> RegisterAsync(AcceptanceRequest request, ApiServices services, CancellationToken cancel)
    {
        byte[] bytes = new byte[StandingAcceptance.SizeBytes];
        if (!PublicKey.TryParse(request.ReceiverKey, out PublicKey receiver)
            || request.Acceptance?.Length != 2 * bytes.Length
            || Convert.FromHexString(request.Acceptance, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return Problem.BadRequest("receiverKey must be 64, acceptance 288 hexadecimal digits.");
        }

        var acceptance = MemoryMarshal.Read<StandingAcceptance>(bytes);
        Outcome outcome = await services.Gateway.RegisterAcceptanceAsync(receiver, acceptance, cancel).ConfigureAwait(false);
        return outcome is Outcome.Committed or Outcome.Pending
            ? Results.Json(services.Contracts.Map(new RegisteredAcceptance(receiver, acceptance)), ApiJson.Default.AcceptanceResult)
            : Problem.Refused(outcome, null);
    }

    private static async Task<IResult> FindAsync(
        string id, string payer, string amount, HttpRequest request, ApiServices services, CancellationToken cancel)
    {
        if (!AccountId.TryParse(id, out AccountId receiver) || !AccountId.TryParse(payer, out AccountId payingAccount))
        {
            return Problem.BadRequest("An account id is 40 hexadecimal digits.");
        }

        if (!Amount.TryParse(amount, services.Gateway.Parameters.Decimals, out Amount asked))
        {
            return Problem.BadRequest($"amount must be a plain decimal with at most {services.Gateway.Parameters.Decimals} decimals.");
        }

        InquiryVerdict verdict = services.Gate.Judge(request, receiver, payingAccount);
        if (verdict != InquiryVerdict.Allowed)
        {
            return Problem.NotShown(verdict);
        }

        RegisteredAcceptance? found = await services.Gateway.FindAcceptanceAsync(receiver, payingAccount, asked, cancel).ConfigureAwait(false);
        return found is null
            ? Problem.NotFound("The receiver has registered no acceptance that covers this payer and amount.")
            : Results.Json(services.Contracts.Map(found), ApiJson.Default.AcceptanceResult);
    }
}
