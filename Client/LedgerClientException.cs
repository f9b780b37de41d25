using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Client;

/// <summary>A request to a ledger brought no answer that can be used, after every endpoint was tried for as long as <see cref="LedgerClientOptions.Patience"/> says.</summary>
public sealed class LedgerClientException : Exception
{
    /// <param name="fault">why</param>
    /// <param name="message">one line for people</param>
    /// <param name="outcome">of a transfer that the node refused; null else</param>
    /// <param name="retryAfter">how long the node asks to wait, where it is busy</param>
    public LedgerClientException(ClientFault fault, string message, Outcome? outcome = null, TimeSpan retryAfter = default)
        : base(message)
    {
        Fault = fault;
        Outcome = outcome;
        RetryAfter = retryAfter;
    }

    /// <summary>Why there is no answer.</summary>
    public ClientFault Fault { get; }

    /// <summary>What a refused transfer was answered; null when the request was not about one.</summary>
    public Outcome? Outcome { get; }

    /// <summary>How long the node asks to wait; zero when it does not say.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>Whether the same request may go well at another endpoint, or later. Transfers may be sent again safely: the same transfer gets the same answer.</summary>
    public bool IsTransient => Fault is ClientFault.Unreachable or ClientFault.TimedOut or ClientFault.Busy;
}
