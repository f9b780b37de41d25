using System.Globalization;
using LeitherCluster.Client;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using Microsoft.AspNetCore.Http.Features;

namespace LeitherCluster.Hosting.Api.Inquiries;

/// <summary>
/// Decides who may ask about an account: the holder of its key, the organization, and in an open development set-up everyone.
/// A signed inquiry may be repeated by whoever read it until it is stale; it shows nothing that was not shown before.
/// </summary>
public sealed class InquiryGate(LedgerId ledger, bool isOpen, TimeSpan freshness, TimeProvider clock)
{
    /// <summary>Judges a request about <paramref name="subject"/>.</summary>
    public InquiryVerdict Judge(HttpRequest request, in AccountId subject) => Judge(request, [subject]);

    /// <summary>Judges a request that each of <paramref name="subjects"/> may make.</summary>
    public InquiryVerdict Judge(HttpRequest request, params ReadOnlySpan<AccountId> subjects)
    {
        if (isOpen)
        {
            return InquiryVerdict.Allowed;
        }

        string? key = request.Headers[InquiryMessage.KeyHeader];
        string? time = request.Headers[InquiryMessage.TimeHeader];
        string? signature = request.Headers[InquiryMessage.SignatureHeader];
        if (key is null && time is null && signature is null)
        {
            return InquiryVerdict.NotSigned;
        }

        if (!PublicKey.TryParse(key, out PublicKey asker)
            || !ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out ulong timeMs)
            || !Signature.TryParse(signature, out Signature signed))
        {
            return InquiryVerdict.BadHeader;
        }

        var at = new Timestamp(timeMs);
        return !IsFresh(at) ? InquiryVerdict.Stale
            : !IsSignedBy(asker, signed, InquiryMessage.Build(ledger, at, request.Method, TargetOf(request))) ? InquiryVerdict.BadSignature
            : MaySee(AccountIds.Of(asker), subjects) ? InquiryVerdict.Allowed : InquiryVerdict.NotParty;
    }

    private static bool IsSignedBy(in PublicKey asker, in Signature signature, byte[] message) => Ed25519.Verify(asker, message, signature);

    private static string TargetOf(HttpRequest request) => request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private bool IsFresh(Timestamp at)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return at.UnixMs <= long.MaxValue && Math.Abs(now - (long)at.UnixMs) <= (long)freshness.TotalMilliseconds;
    }

    private bool MaySee(AccountId asker, ReadOnlySpan<AccountId> subjects) => asker == ledger.OrganizationAccount || subjects.Contains(asker);
}
