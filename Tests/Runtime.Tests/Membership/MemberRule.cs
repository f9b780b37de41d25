namespace LeitherCluster.Tests.Runtime.Membership;

/// <summary>What must hold in every run, whatever is done to it.</summary>
internal enum MemberRule
{
    /// <summary>A change raises the table's version by one, and no node publishes an older table than before.</summary>
    VersionRises,

    /// <summary>At most one life of a name is joining, at work or leaving.</summary>
    OneLifeOfAName,

    /// <summary>A state goes only downwards, and an incarnation is given once.</summary>
    NobodyComesBack,

    /// <summary>Nobody is declared down who was neither stopped nor cut off lately: not because of the database.</summary>
    DownHasACause,

    /// <summary>Whoever is declared down by the others has a majority of those that write heartbeats against it.</summary>
    DownIsOutvoted,

    /// <summary>A node that moves and can read that it is down stops soon.</summary>
    OvertakenStops,

    /// <summary>Between standing still and the next reading of the table a node changes nothing and is not sure of itself.</summary>
    PauseIsNoticed,

    /// <summary>A node that is dead is down soon, if there is anybody who could say so.</summary>
    DeadIsNoticed,

    /// <summary>When the faults are over, all nodes are at work and agree within a time.</summary>
    AgreesAfterHealing,

    /// <summary>Soon every stream is owned by a member at work, in balance; also after one has died.</summary>
    StreamsComeHome,

    /// <summary>An owner of a stream has another epoch than all before.</summary>
    EpochRises,

    /// <summary>Then nothing changes any more.</summary>
    StaysInPeace,

    /// <summary>No actor failed, and no change was against the table's rules.</summary>
    NothingFails,

    /// <summary>The run had its faults.</summary>
    RunIsHardEnough,
}

/// <summary>A rule does not hold.</summary>
internal sealed class MemberRuleBrokenException(MemberRule rule, string what) : Exception($"{rule}: {what}")
{
    public MemberRule Rule { get; } = rule;
}
