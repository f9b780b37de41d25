using System.Text.Json.Serialization;

namespace LeitherCluster.Ledger.Proofs;

/// <summary>The JSON form of an account proof. Hashes and ids are hexadecimal digits, 64-bit numbers decimal strings.</summary>
internal sealed record AccountProofDocument(
    int Version,
    string Kind,
    string Account,
    [property: JsonPropertyOrder(1)] IReadOnlyList<PathNodeDocument> Path,
    RecordDocument? Record = null,
    string? DataRoot = null,
    OpenedLeafDocument? Opened = null,
    string? BoundSum = null);

/// <summary>The fields of a record in the order of their bytes.</summary>
internal sealed record RecordDocument(
    string Account,
    uint Flags,
    string Balance,
    string Frozen,
    string NonceHighest,
    string NonceBitmap,
    string Salt);

internal sealed record OpenedLeafDocument(string Account, string RecordHash);

internal sealed record PathNodeDocument(int Bit, string Sibling, string? Sum = null);

/// <summary>The JSON form of a multi-proof.</summary>
internal sealed record MultiProofDocument(int Version, string Kind, IReadOnlyList<string> Absent, ProofNodeDocument? Tree = null);

/// <summary>A node of a multi-proof: exactly one of the four parts is there.</summary>
internal sealed record ProofNodeDocument(
    IncludedDocument? Included = null,
    OpenedNodeLeafDocument? Leaf = null,
    OpenedNodeDocument? Node = null,
    UnopenedDocument? Unopened = null);

internal sealed record IncludedDocument(RecordDocument Record, string? DataRoot = null);

internal sealed record OpenedNodeLeafDocument(string Account, string RecordHash, string? Sum = null);

internal sealed record OpenedNodeDocument(
    int Bit,
    bool BindsSums,
    [property: JsonPropertyOrder(1)] ProofNodeDocument Left,
    [property: JsonPropertyOrder(1)] ProofNodeDocument Right,
    string? Sum = null);

internal sealed record UnopenedDocument(string Digest, string? Sum = null);
