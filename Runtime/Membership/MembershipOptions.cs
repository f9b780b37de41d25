namespace LeitherCluster.Runtime.Membership;

/// <summary>Who a node is among the others.</summary>
public sealed record MembershipOptions
{
    private const int TextMax = 255;

    /// <summary>Its name; see <see cref="NodeId.IsName"/>. It is the name of its actor system too.</summary>
    public required string Name { get; init; }

    /// <summary>Where other nodes reach it, <c>host:port</c>. The host has bound it before it joins: so an earlier life there is over.</summary>
    public required string Address { get; init; }

    public MemberRoles Roles { get; init; } = MemberRoles.All;

    /// <summary>The program's version, to be shown.</summary>
    public required string Version { get; init; }

    public MembershipTiming Timing { get; init; } = MembershipTiming.Default;

    /// <summary>Wishes to change a member's state that may wait at once.</summary>
    public int WishesMax { get; init; } = 64;

    /// <summary>Probes for other nodes under way at once; the oldest is given up beyond that.</summary>
    public int RelaysMax { get; init; } = 64;

    /// <exception cref="ArgumentException">One of them cannot be.</exception>
    public void Check()
    {
        Require(NodeId.IsName(Name), nameof(Name));
        Require(Address is { Length: > 0 and <= TextMax }, nameof(Address));
        Require(Version is { Length: > 0 and <= TextMax }, nameof(Version));
        Require(Roles != MemberRoles.None && (Roles & ~MemberRoles.All) == MemberRoles.None, nameof(Roles));
        Require(WishesMax > 0, nameof(WishesMax));
        Require(RelaysMax > 0, nameof(RelaysMax));
        Timing.Check();
    }

    private static void Require(bool holds, string option)
    {
        if (!holds)
        {
            throw new ArgumentException($"{nameof(MembershipOptions)}.{option} is out of range", option);
        }
    }
}
