namespace LeitherCluster.Runtime.Membership;

/// <summary>All members at one version of the table; every change of it raises the version by one.</summary>
public sealed record MemberTable(ulong Version, IReadOnlyList<Member> Members)
{
    /// <summary>The table before anybody joined.</summary>
    public static MemberTable Empty { get; } = new(0, []);

    /// <summary>Those at work, the oldest first.</summary>
    public IEnumerable<Member> Up => Members.Where(member => member.State == MemberState.Up).OrderBy(member => member.JoinedAt);

    /// <summary>The oldest member at work that may keep the root: it decides what moves where. Null when there is none.</summary>
    public Member? Leader => Up.FirstOrDefault(member => member.Roles.HasFlag(MemberRoles.Trunk));

    /// <summary>The member of that name and incarnation; null when it is not in the table.</summary>
    public Member? Find(NodeId id) => Members.FirstOrDefault(member => member.Id == id);
}

/// <summary>Published on a node when it learnt of a newer table.</summary>
public sealed record MembershipChanged(MemberTable Table);
