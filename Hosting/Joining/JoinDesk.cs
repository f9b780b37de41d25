using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LeitherCluster.Hosting.Clusters;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Runtime.Local;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Joining;

/// <summary>
/// Invites and lets in. Only a node that was given the authority's folder can: it announces itself in the database, so that the others can say who does.
/// </summary>
internal sealed class JoinDesk(NodeOptions options, ClusterMember member)
{
    public const int LifetimeMinutesMax = 7 * 24 * 60;

    private readonly LedgerFolder _folder = new(options.DataFolder);

    /// <summary>The authority's certificate, which is public; whoever joins compares its fingerprint with the token's.</summary>
    public string AuthorityPem => member.AuthorityPem;

    /// <summary>Makes an invitation.</summary>
    /// <param name="seed">where the new node is to ask, <c>host:port</c>; null: this node's endpoint for operators</param>
    /// <param name="node">the only name that may use it; null: any</param>
    /// <param name="lifetime">how long it is good</param>
    /// <param name="madeBy">who asked for it</param>
    /// <exception cref="CommandFailedException">This node cannot, or too many are open.</exception>
    public async Task<InvitationMade> InviteAsync(string? seed, string? node, MemberRoles roles, TimeSpan lifetime, string madeBy, DateTimeOffset now)
    {
        using ClusterAuthority authority = await OpenAuthorityAsync().ConfigureAwait(false)
            ?? throw new CommandFailedException(ExitCode.Refused, await SayWhoCanAsync().ConfigureAwait(false));
        if (node is not null && !ClusterName.IsValid(node))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"'{node}' is no name of a node: 1 to {ClusterName.LengthMax} letters, digits, dots, hyphens and underscores.");
        }

        seed ??= options.OperatorsReachedAt!;
        DateTimeOffset expires = now + lifetime;
        var token = new InvitationToken(
            expires.ToUnixTimeMilliseconds(),
            RandomNumberGenerator.GetBytes(InvitationToken.IdLength),
            RandomNumberGenerator.GetBytes(InvitationToken.SecretLength),
            Convert.FromHexString(authority.Fingerprint),
            member.Cluster,
            seed,
            node ?? "");
        var row = new InvitationRow(token.Id, token.SecretHash, token.Node, roles, (int)lifetime.TotalSeconds, madeBy);
        return await member.Record.InviteAsync(row).ConfigureAwait(false)
            ? new InvitationMade(token.Format(), Convert.ToHexStringLower(token.Id), member.Cluster, seed, node, RolesText.Format(roles), expires)
            : throw new CommandFailedException(ExitCode.Busy, "1,000 invitations are open already. Wait until some are used or over.");
    }

    /// <summary>Lets a node in, or says why not.</summary>
    public async Task<(JoinGrant? Grant, JoinRefused? Refused)> AdmitAsync(JoinRequest request)
    {
        try
        {
            return await JudgeAsync(request).ConfigureAwait(false);
        }
        catch (DatabaseUnavailableException)
        {
            return Refuse(JoinRefusal.NotNow, "The cluster's database does not answer. Try again later with the same token");
        }
    }

    private async Task<(JoinGrant? Grant, JoinRefused? Refused)> JudgeAsync(JoinRequest request)
    {
        if (!ClusterName.IsValid(request.Node) || Hex(request.Invitation, InvitationToken.IdLength) is not { } id || Hex(request.Secret, InvitationToken.SecretLength) is not { } secret)
        {
            return Refuse(JoinRefusal.Malformed, "The request is none of this program's version. Use the same version on both sides");
        }

        if (request.Cluster != member.Cluster)
        {
            return Refuse(JoinRefusal.WrongCluster, $"This is cluster {member.Cluster}, and the token is for {request.Cluster}. Ask a node of that cluster");
        }

        using ClusterAuthority? authority = await OpenAuthorityAsync().ConfigureAwait(false);
        if (authority is null)
        {
            return Refuse(JoinRefusal.NoAuthority, await SayWhoCanAsync().ConfigureAwait(false));
        }

        if (member.Table.Members.FirstOrDefault(each => each.Id.Name == request.Node && each.State < MemberState.Down) is { } present)
        {
            return Refuse(JoinRefusal.NameTaken, $"{present.Id} at {present.Address} has this name. Choose another with --name, or have that one leave first");
        }

        if (KeyOf(request.Request) is not { } key)
        {
            return Refuse(JoinRefusal.RequestRefused, "The signing request cannot be read. Use the same version on both sides");
        }

        InvitationUse use = await member.Record.UseInvitationAsync(id, SHA256.HashData(secret), request.Node, key).ConfigureAwait(false);
        return use.Outcome switch
        {
            InvitationOutcome.Used => Sign(authority, request, use.Roles),
            InvitationOutcome.Expired => Refuse(JoinRefusal.InvitationExpired, "The invitation is over. Ask an operator of the cluster for another: leither cluster invite"),
            InvitationOutcome.UsedUp => Refuse(JoinRefusal.InvitationUsedUp, $"The invitation was used up by {use.Node}, with another key. Ask an operator for another: leither cluster invite"),
            InvitationOutcome.OtherName => Refuse(JoinRefusal.InvitationForAnother, $"The invitation is for a node named {use.Node}. Say --name {use.Node}, or ask for another"),
            _ => Refuse(JoinRefusal.UnknownInvitation, "There is no such invitation. Take the whole token as it was printed, or ask for another: leither cluster invite"),
        };
    }

    private (JoinGrant? Grant, JoinRefused? Refused) Sign(ClusterAuthority authority, JoinRequest request, MemberRoles roles)
    {
        AuthorityOutcome outcome = authority.TryIssue(
            request.Request, request.Node, ClusterAuthority.DefaultNodeValidity, LocalClock.Instance, LocalChance.Instance, out IssuedCertificate? issued);
        if (outcome != AuthorityOutcome.Success)
        {
            return Refuse(JoinRefusal.RequestRefused, $"The authority does not sign: {ClusterCredentials.Explain(outcome)}");
        }

        var grant = new JoinGrant(
            issued!.Pem,
            authority.CertificatePem,
            member.Cluster,
            options.Database!,
            RolesText.Format(roles),
            [.. member.Table.Up.Select(each => each.Address)],
            options.PulseCycleMs,
            options.FastMembership,
            File.ReadAllText(_folder.ParametersFile),
            roles.HasFlag(MemberRoles.Trunk) ? File.ReadAllText(_folder.NodeKeyFile) : null);
        return (grant, null);
    }

    private async Task<ClusterAuthority?> OpenAuthorityAsync()
    {
        if (options.Authority is not { } folder)
        {
            return null;
        }

        AuthorityOutcome outcome = ClusterAuthority.TryOpen(folder, out ClusterAuthority? authority);
        if (outcome != AuthorityOutcome.Success)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The authority in {folder} cannot be opened: {ClusterCredentials.Explain(outcome)}.");
        }

        if (authority!.CertificatePem == member.AuthorityPem)
        {
            return authority;
        }

        authority.Dispose();
        throw new CommandFailedException(ExitCode.BadInput, $"The authority in {folder} is not this cluster's: {await SayWhoCanAsync().ConfigureAwait(false)}");
    }

    private async Task<string> SayWhoCanAsync()
    {
        (string Node, string Address)[] others = [.. (await member.Record.IssuersAsync().ConfigureAwait(false)).Where(issuer => issuer.Node != options.Name)];
        return others.Length == 0
            ? "No node of this cluster has the authority's folder. Start one with --authority, or issue a certificate where it is: leither ca issue"
            : $"This node does not have the authority's folder. Ask {string.Join(" or ", others.Select(issuer => $"{issuer.Node} at {issuer.Address}"))}";
    }

    private static byte[]? KeyOf(string request)
    {
        try
        {
            return SHA256.HashData(CertificateRequest.LoadSigningRequestPem(request, HashAlgorithmName.SHA256).PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static byte[]? Hex(string text, int length) => text.Length == 2 * length && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;

    private static (JoinGrant? Grant, JoinRefused? Refused) Refuse(JoinRefusal refusal, string detail) => (null, new JoinRefused(refusal, refusal.ToString(), $"{detail}."));
}
