namespace LeitherCluster.Hosting.Api.Endpoints;

/// <summary>How long a submission waits before it is answered.</summary>
internal enum WaitMode
{
    /// <summary>Not at all: the transfers are with the ledger, and their outcome can be asked for by id.</summary>
    None,

    /// <summary>Until each is refused or in a window.</summary>
    Accepted,

    /// <summary>Until each is refused or committed.</summary>
    Committed,
}
