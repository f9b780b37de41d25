using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Tests.Persistence.PostgreSql.Support;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Clusters;

/// <summary>What the database keeps of a cluster besides members and layout, as a node with its least rights sees it.</summary>
[Collection(ServerCollection.Name)]
public sealed class ClusterRecordTests : IDisposable
{
    private static readonly byte[] s_id = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly byte[] s_secret = [.. Enumerable.Repeat((byte)9, 32)];
    private static readonly byte[] s_key = [.. Enumerable.Repeat((byte)7, 32)];
    private static readonly byte[] s_otherKey = [.. Enumerable.Repeat((byte)8, 32)];

    private readonly PostgresServer _server;
    private readonly DatabaseAddress _address;
    private readonly ClusterRecord _record;

    public ClusterRecordTests(PostgresServer server)
    {
        _server = server;
        _address = server.NewJournalForNode();
        _record = new ClusterRecord(_address);
    }

    public void Dispose() => _record.Dispose();

    [Fact]
    public async Task Cluster_Named_KeepsItsFirstName()
    {
        ClusterNamed first = await _record.NameAsync("seed", new string('a', 64));
        ClusterNamed second = await _record.NameAsync("other", new string('b', 64));

        Assert.Equal(("seed", new string('a', 64)), (first.Name, first.Authority));
        Assert.Equal((first.Name, first.Authority), (second.Name, second.Authority));
        Assert.InRange(second.ClockMs, first.ClockMs, first.ClockMs + 600_000);
    }

    [Fact]
    public async Task Invitation_Used_IsUsedUpForAllButTheSameNodeAndKey()
    {
        Assert.True(await _record.InviteAsync(new InvitationRow(s_id, s_secret, "", MemberRoles.Branch, 60, "tester")));

        Assert.Equal(new InvitationUse(InvitationOutcome.Used, "n4", MemberRoles.Branch), await _record.UseInvitationAsync(s_id, s_secret, "n4", s_key));
        Assert.Equal(InvitationOutcome.Used, (await _record.UseInvitationAsync(s_id, s_secret, "n4", s_key)).Outcome);
        Assert.Equal(new InvitationUse(InvitationOutcome.UsedUp, "n4", MemberRoles.Branch), await _record.UseInvitationAsync(s_id, s_secret, "n5", s_key));
        Assert.Equal(InvitationOutcome.UsedUp, (await _record.UseInvitationAsync(s_id, s_secret, "n4", s_otherKey)).Outcome);
    }

    [Fact]
    public async Task Invitation_WithAnotherSecretNameOrTime_IsRefusedAndNotUsedUp()
    {
        await _record.InviteAsync(new InvitationRow(s_id, s_secret, "n4", MemberRoles.All, 60, "tester"));

        Assert.Equal(InvitationOutcome.Unknown, (await _record.UseInvitationAsync(s_id, s_key, "n4", s_key)).Outcome);
        Assert.Equal(InvitationOutcome.Unknown, (await _record.UseInvitationAsync([.. s_id.Reverse()], s_secret, "n4", s_key)).Outcome);
        Assert.Equal(new InvitationUse(InvitationOutcome.OtherName, "n4", MemberRoles.All), await _record.UseInvitationAsync(s_id, s_secret, "n5", s_key));
        _server.Execute("UPDATE leither.invitations SET expires_at = clock_timestamp()", _address.Database);
        Assert.Equal(InvitationOutcome.Expired, (await _record.UseInvitationAsync(s_id, s_secret, "n4", s_key)).Outcome);
        _server.Execute("UPDATE leither.invitations SET expires_at = clock_timestamp() + interval '1 minute'", _address.Database);
        Assert.Equal(InvitationOutcome.Used, (await _record.UseInvitationAsync(s_id, s_secret, "n4", s_key)).Outcome);
    }

    [Fact]
    public async Task Invitations_AsManyAsMayBeOpen_RefuseOneMore()
    {
        _server.Execute(
            "INSERT INTO leither.invitations (id, secret_hash, node, roles, made_by, expires_at) "
            + "SELECT int8send(i), decode(repeat('00', 32), 'hex'), '', 7, 'x', clock_timestamp() + interval '1 minute' FROM generate_series(1, 1000) i",
            _address.Database);

        Assert.False(await _record.InviteAsync(new InvitationRow(s_id, s_secret, "", MemberRoles.All, 60, "tester")));
        _server.Execute("UPDATE leither.invitations SET expires_at = clock_timestamp() - interval '8 days'", _address.Database);
        Assert.True(await _record.InviteAsync(new InvitationRow(s_id, s_secret, "", MemberRoles.All, 60, "tester")));
        Assert.Equal(1, _server.Ask<long>("SELECT count(*) FROM leither.invitations", _address.Database));
    }

    [Fact]
    public async Task IssuersAndDrains_Said_AreThereUntilTakenBack()
    {
        await _record.AnnounceIssuerAsync("n1", "10.0.0.1:7900");
        await _record.AnnounceIssuerAsync("n2", "10.0.0.2:7900");
        await _record.AnnounceIssuerAsync("n1", "10.0.0.9:7900");
        await _record.AnnounceIssuerAsync("n2", null);
        await _record.DrainAsync("n3", isDrained: true);
        await _record.DrainAsync("n3", isDrained: true);
        await _record.DrainAsync("n4", isDrained: true);
        await _record.DrainAsync("n4", isDrained: false);

        Assert.Equal([("n1", "10.0.0.9:7900")], await _record.IssuersAsync());
        Assert.Equal(["n3"], await _record.DrainsAsync());
    }
}
