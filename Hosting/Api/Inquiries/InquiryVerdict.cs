namespace LeitherCluster.Hosting.Api.Inquiries;

/// <summary>Whether a private inquiry may be answered.</summary>
public enum InquiryVerdict
{
    /// <summary>It may.</summary>
    Allowed,

    /// <summary>It bears no signature.</summary>
    NotSigned,

    /// <summary>A header does not have its form.</summary>
    BadHeader,

    /// <summary>Its time is too far from the node's clock.</summary>
    Stale,

    /// <summary>The signature is wrong.</summary>
    BadSignature,

    /// <summary>It is rightly signed by a key that may not see this.</summary>
    NotParty,
}
