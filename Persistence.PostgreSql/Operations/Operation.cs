namespace LeitherCluster.Persistence.PostgreSql.Operations;

/// <summary>Something that an operator had changed.</summary>
/// <param name="Number">rises with every one, with gaps</param>
/// <param name="BegunAt">by the server's clock</param>
/// <param name="Operator">who, as the certificate has it</param>
/// <param name="Serial">of the certificate</param>
/// <param name="Node">which was asked, name#incarnation</param>
/// <param name="Command">palette and name</param>
/// <param name="Arguments">JSON</param>
/// <param name="EndedAt">null: it is under way, or its node died</param>
/// <param name="ExitCode">0 when it was done; null without an end</param>
/// <param name="Outcome">what it answered in one line; null without an end</param>
public sealed record Operation(
    long Number,
    DateTimeOffset BegunAt,
    string Operator,
    string Serial,
    string Node,
    string Command,
    string Arguments,
    DateTimeOffset? EndedAt,
    int? ExitCode,
    string? Outcome);
