namespace LeitherCluster.Runtime.Membership;

/// <summary>
/// How quickly a node notices that another one is dead. All in milliseconds. These times only make hand-over quick; that nothing is written twice is the
/// fence's work, whatever they are.
/// </summary>
public sealed record MembershipTiming
{
    /// <summary>A dead node is declared down within 3 s.</summary>
    public static MembershipTiming Default { get; } = new();

    /// <summary>A dead node is declared down within 1 s; so is one that stood still for about half as long.</summary>
    public static MembershipTiming Fast { get; } = new()
    {
        TickMs = 30,
        HeartbeatMs = 150,
        VoterSilenceMs = 500,
        HeartbeatLimitMs = 5_000,
        ProbeMs = 120,
        VoteLifetimeMs = 1_500,
        PauseLimitMs = 300,
        JoinPatienceMs = 5_000,
    };

    /// <summary>How often a node looks at its clock.</summary>
    public int TickMs { get; init; } = 100;

    /// <summary>How often it writes its heartbeat, and reads the table with it.</summary>
    public int HeartbeatMs { get; init; } = 500;

    /// <summary>Who was seen to write no heartbeat for that long is not waited for when votes are counted.</summary>
    public int VoterSilenceMs { get; init; } = 1_600;

    /// <summary>Who was seen to write no heartbeat for that long is declared down without a vote: without the table it can do no work.</summary>
    public int HeartbeatLimitMs { get; init; } = 10_000;

    /// <summary>How often a node probes others, and how long an answer to a probe may take.</summary>
    public int ProbeMs { get; init; } = 400;

    /// <summary>So many probes without an answer, the last ones also through third nodes, make a suspicion.</summary>
    public int MissedProbesMax { get; init; } = 2;

    /// <summary>How many members a node probes: those that follow it in the order of names.</summary>
    public int ProbeTargetsCount { get; init; } = 3;

    /// <summary>How many third nodes are asked to probe one that did not answer.</summary>
    public int IndirectProbesCount { get; init; } = 2;

    /// <summary>How long a vote is in force; whoever still suspects then renews it.</summary>
    public int VoteLifetimeMs { get; init; } = 4_000;

    /// <summary>A node that took no turn for that long does not trust what it knew before: it reads the table first.</summary>
    public int PauseLimitMs { get; init; } = 1_000;

    /// <summary>A question to the table that was not answered for that long is asked again.</summary>
    public int StoreTimeoutMs { get; init; } = 3_000;

    /// <summary>How long a node that joins waits for an earlier life of its name to fall silent; and after how long it says whom it cannot reach.</summary>
    public int JoinPatienceMs { get; init; } = 10_000;

    /// <summary>Checks the times against each other.</summary>
    /// <exception cref="InvalidOperationException">Two of them do not go together.</exception>
    public void Check()
    {
        Require(TickMs > 0 && TickMs <= ProbeMs && TickMs <= HeartbeatMs, "ticks come at least as often as probes and heartbeats");
        Require(VoterSilenceMs >= 3 * HeartbeatMs, "a voter counts as silent after three missed heartbeats at the earliest");
        Require(HeartbeatLimitMs >= 2 * VoterSilenceMs, "the limit of heartbeats is at least twice the silence of a voter");
        Require(MissedProbesMax > 0 && ProbeTargetsCount > 0 && IndirectProbesCount >= 0, "counts are positive");
        Require(VoteLifetimeMs >= (MissedProbesMax + 2) * ProbeMs, "a vote lasts until others have probed the suspect too");
        Require(PauseLimitMs >= 2 * TickMs, "a pause is longer than two ticks");
        Require(StoreTimeoutMs > HeartbeatMs, "a question to the table may take longer than a heartbeat's interval");
        Require(JoinPatienceMs > VoterSilenceMs, "patience outlasts a silence");
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{nameof(MembershipTiming)}: {rule}");
        }
    }
}
