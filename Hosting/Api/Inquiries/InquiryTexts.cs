using LeitherCluster.Client;

namespace LeitherCluster.Hosting.Api.Inquiries;

/// <summary>What to tell the asker of a private inquiry that is not answered.</summary>
public static class InquiryTexts
{
    public static string Explain(InquiryVerdict verdict) => verdict switch
    {
        InquiryVerdict.NotSigned => $"Sign it with the account's key: headers {InquiryMessage.KeyHeader}, {InquiryMessage.TimeHeader} and {InquiryMessage.SignatureHeader}; see docs/PROTOCOL.md, section 10.",
        InquiryVerdict.BadHeader => $"{InquiryMessage.KeyHeader} must be 64, {InquiryMessage.SignatureHeader} 128 hexadecimal digits, {InquiryMessage.TimeHeader} milliseconds since 1970.",
        InquiryVerdict.Stale => $"{InquiryMessage.TimeHeader} is too far from this node's clock.",
        InquiryVerdict.BadSignature => "The signature does not fit key, time, method and target; see docs/PROTOCOL.md, section 10.",
        InquiryVerdict.NotParty => "The signing key is neither the account's nor the organization's.",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "An allowed inquiry has nothing to explain."),
    };
}
