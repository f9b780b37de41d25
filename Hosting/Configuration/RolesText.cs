using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Configuration;

/// <summary>What a node does for its cluster, as text: <c>ingress,branch,trunk</c> or some of them.</summary>
internal static class RolesText
{
    private static readonly MemberRoles[] s_each = [MemberRoles.Ingress, MemberRoles.Branch, MemberRoles.Trunk];

    /// <summary>The names of the roles, in their order.</summary>
    public static IReadOnlyList<string> Names(MemberRoles roles) => [.. s_each.Where(role => roles.HasFlag(role)).Select(NameOf)];

    public static string Format(MemberRoles roles) => string.Join(',', Names(roles));

    /// <summary>Null when one of the names is none.</summary>
    public static MemberRoles? Parse(string text)
    {
        MemberRoles roles = MemberRoles.None;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            MemberRoles role = s_each.FirstOrDefault(each => NameOf(each) == name);
            if (role == MemberRoles.None)
            {
                return null;
            }

            roles |= role;
        }

        return roles;
    }

    private static string NameOf(MemberRoles role) => role.ToString().ToLowerInvariant();
}
