namespace LeitherCluster.Client;

/// <summary>Why a request brought no answer that can be used. What a ledger refuses of a transfer is an outcome of that transfer and not one of these.</summary>
public enum ClientFault
{
    /// <summary>No endpoint can be connected to, or the connection broke; nothing is known of what became of the request.</summary>
    Unreachable = 0,

    /// <summary>No answer came in time; nothing is known of what became of the request.</summary>
    TimedOut = 1,

    /// <summary>The node is full, starting, or has no ledger to ask (429, 503): nothing was done.</summary>
    Busy = 2,

    /// <summary>The request is wrong (400, 413, 415).</summary>
    BadRequest = 3,

    /// <summary>The node refused: not allowed to ask this, or a transfer's numbered outcome, which is then <see cref="LedgerClientException.Outcome"/>.</summary>
    Refused = 4,

    /// <summary>There is nothing by that name (404).</summary>
    NotFound = 5,

    /// <summary>What answers is no node of this protocol.</summary>
    NotALedger = 6,

    /// <summary>A receipt or proof does not hold under what the client trusts.</summary>
    NotVerified = 7,
}
