using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api.Inquiries;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>Accounts and their proofs, as of any retained pulse. Ordinary accounts are private; system accounts are not.</summary>
internal static class AccountEndpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        v1.MapGet("/accounts/{id}", (string id, ulong? asOf, HttpRequest request, ApiServices services, CancellationToken cancel) =>
                ReadAsync(id, asOf, request, services, AccountOf, cancel))
            .WithSummary("An account, now or as of a pulse (asOf). Private: sign the inquiry with the account's or the organization's key.")
            .Produces<AccountResult>()
            .ProducesPrivate();
        v1.MapGet("/accounts/{id}/proof", (string id, ulong? asOf, HttpRequest request, ApiServices services, CancellationToken cancel) =>
                ReadAsync(id, asOf, request, services, ProofOf, cancel))
            .WithSummary("The proof of an account's record, or of its absence, with the signed root statement: JSON, or bytes by Accept.")
            .Produces<AccountProofResult>(StatusCodes.Status200OK, "application/json", BatchAnswers.BinaryType)
            .ProducesPrivate();
    }

    private static IResult AccountOf(AccountId id, AccountAnswer answer, HttpRequest request, ApiServices services) =>
        Results.Json(services.Contracts.Map(id, answer), ApiJson.Default.AccountResult);

    private static IResult ProofOf(AccountId id, AccountAnswer answer, HttpRequest request, ApiServices services) => BatchAnswers.AcceptsBinary(request)
        ? Results.Bytes(AccountProofDocument.ToBytes(answer.Statement, answer.Proof), BatchAnswers.BinaryType)
        : Results.Json(AccountProofDocument.ToJson(answer.Statement, answer.Proof), ApiJson.Default.AccountProofResult);

    private static async Task<IResult> ReadAsync(
        string id,
        ulong? asOf,
        HttpRequest request,
        ApiServices services,
        Func<AccountId, AccountAnswer, HttpRequest, ApiServices, IResult> write,
        CancellationToken cancel)
    {
        if (!AccountId.TryParse(id, out AccountId account))
        {
            return Problem.BadRequest("An account id is 40 hexadecimal digits.");
        }

        InquiryVerdict verdict = services.Gate.Judge(request, account);
        if (verdict is not InquiryVerdict.Allowed and not InquiryVerdict.NotSigned)
        {
            return Problem.NotShown(verdict);
        }

        AccountAnswer? answer = await services.Gateway
            .ReadAccountAsync(account, asOf is null ? null : new TimeSequence(asOf.Value), cancel).ConfigureAwait(false);

        // What an unsigned inquiry hears does not depend on whether the account or the pulse is there, but for system accounts.
        if (verdict != InquiryVerdict.Allowed && (answer?.Record is not { } record || (record.Flags & RecordFlags.System) == RecordFlags.None))
        {
            return Problem.NotShown(verdict);
        }

        return answer is null
            ? Problem.NotFound(asOf is null ? "The ledger has no pulse yet." : $"Pulse {asOf} is not retained, or has not been.")
            : write(account, answer, request, services);
    }
}
