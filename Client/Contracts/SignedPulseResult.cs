using System.Text.Json;

namespace LeitherCluster.Client.Contracts;

/// <summary>
/// A committed pulse. <c>statement</c> is the root statement with its signatures, as docs/PROTOCOL.md, section 5, writes it in JSON; the fields
/// before it are for people.
/// </summary>
public sealed record SignedPulseResult(
    ulong Sequence,
    string Beat,
    string At,
    string Root,
    string Supply,
    int Transfers,
    int Branches,
    string StatementDigest,
    JsonElement Statement);
