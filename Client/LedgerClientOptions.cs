namespace LeitherCluster.Client;

/// <summary>How a <see cref="LedgerClient"/> reaches its ledger.</summary>
public sealed record LedgerClientOptions
{
    /// <summary>Addresses of nodes of one ledger, such as <c>http://127.0.0.1:7700</c>; at least one. Requests go to them in turn, and past those that fail.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>Which ledger it is, and whose signatures count. When left out, the first node that answers is taken at its word for as long as this client lives.</summary>
    public LedgerTrust? Trust { get; init; }

    /// <summary>How long a connection may take to come about: 3 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one attempt at one endpoint may take. The node itself answers within 30 s by default, so 40 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>
    /// How long a request is tried again, at all endpoints in turn, while they cannot be reached or are busy: 30 s. With zero, every endpoint is tried once.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For signing inquiries, and for waiting.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
