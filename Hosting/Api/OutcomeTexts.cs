using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Api;

/// <summary>What an outcome is called on the API, what it means to whoever sent the transfer, and the HTTP status of a single one.</summary>
public static class OutcomeTexts
{
    /// <summary>The outcome's name in lower case with hyphens, such as <c>insufficient-funds</c>.</summary>
    public static string NameOf(Outcome outcome) => outcome switch
    {
        Outcome.Pending => "pending",
        Outcome.Committed => "committed",
        Outcome.Malformed => "malformed",
        Outcome.WrongLedger => "wrong-ledger",
        Outcome.AmountZero => "amount-zero",
        Outcome.BelowMinimum => "below-minimum",
        Outcome.AmountOverflow => "amount-overflow",
        Outcome.ExpiryTooFar => "expiry-too-far",
        Outcome.BadSignature => "bad-signature",
        Outcome.NotAccepted => "not-accepted",
        Outcome.Expired => "expired",
        Outcome.NonceUsed => "nonce-used",
        Outcome.NonceTooOld => "nonce-too-old",
        Outcome.NonceTooFarAhead => "nonce-too-far-ahead",
        Outcome.UnknownSender => "unknown-sender",
        Outcome.AccountFrozen => "account-frozen",
        Outcome.InsufficientFunds => "insufficient-funds",
        Outcome.TooManyHolds => "too-many-holds",
        Outcome.UnknownHold => "unknown-hold",
        Outcome.HoldMismatch => "hold-mismatch",
        Outcome.NotPermitted => "not-permitted",
        Outcome.Busy => "busy",
        _ => $"outcome-{(int)outcome}",
    };

    /// <summary>One sentence on what it means and what to do.</summary>
    public static string Explain(Outcome outcome) => outcome switch
    {
        Outcome.Pending => "It is in a window and not yet committed; ask again by its id, or send it again, which is safe.",
        Outcome.Committed => "It is durable under a signed root statement.",
        Outcome.Malformed => "The bytes are no well-formed transfer; see docs/PROTOCOL.md, section 3.",
        Outcome.WrongLedger => "It names another ledger; GET /v1/ledger says which one this is.",
        Outcome.AmountZero => "The amount is zero.",
        Outcome.BelowMinimum => "The amount is below the ledger's minimum, which GET /v1/ledger shows.",
        Outcome.AmountOverflow => "The amounts together do not fit 64 bits.",
        Outcome.ExpiryTooFar => "It expires further ahead than the ledger allows, which GET /v1/ledger shows.",
        Outcome.BadSignature => "The sender's signature is missing or wrong; sign the bytes that docs/PROTOCOL.md, section 3, names.",
        Outcome.NotAccepted => "The receiver has not accepted it: let the receiver sign it, or register a standing acceptance.",
        Outcome.Expired => "It, or the acceptance it rests on, has expired; sign a new one.",
        Outcome.NonceUsed => "Another transfer of this sender has the nonce; take a higher one.",
        Outcome.NonceTooOld => "The nonce is 64 or more below the sender's highest; take a higher one.",
        Outcome.NonceTooFarAhead => "The nonce is more than 64 above the sender's highest; wait for those before it.",
        Outcome.UnknownSender => "The sender has no account; whoever was never paid cannot pay.",
        Outcome.AccountFrozen => "The sender's account is frozen.",
        Outcome.InsufficientFunds => "The sender's spendable balance does not cover it; what arrives in a pulse can be spent from the next one on.",
        Outcome.TooManyHolds => "The account has as many holds as it may.",
        Outcome.UnknownHold => "There is no open hold with this owner and nonce.",
        Outcome.HoldMismatch => "The hold has another amount or receiver than the transfer says.",
        Outcome.NotPermitted => "The signer may not do this to the hold.",
        Outcome.Busy => "A bound is reached and nothing was done; send it again after a moment.",
        _ => "An outcome that this version does not know.",
    };

    /// <summary>The HTTP status of the answer to a single transfer.</summary>
    public static int StatusOf(Outcome outcome) => outcome switch
    {
        Outcome.Committed => StatusCodes.Status200OK,
        Outcome.Pending => StatusCodes.Status202Accepted,
        Outcome.Malformed => StatusCodes.Status400BadRequest,
        Outcome.NonceUsed or Outcome.NonceTooOld or Outcome.NonceTooFarAhead => StatusCodes.Status409Conflict,
        Outcome.Busy => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
