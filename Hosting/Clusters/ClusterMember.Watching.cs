using System.Security.Cryptography;
using LeitherCluster.Actors;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Persistence.PostgreSql.Clusters;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Remoting.Peers;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Hosting.Clusters;

/// <content>What happens to a member: whether it fits the cluster at all, who refuses it, what ends its life, what operators want kept where.</content>
internal sealed partial class ClusterMember
{
    /// <summary>A certificate that ends sooner is warned of.</summary>
    public static readonly TimeSpan CertificateWarning = TimeSpan.FromDays(30);

    // Of streams whose owner lives: the coordinator takes fewer at once where moving is slow, but not when a node wants to be gone.
    private const int MovesMax = HandOverPace.Max;
    private const int MovesWhenLeavingMax = 64;

    private static readonly TimeSpan s_watchEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_warnEvery = TimeSpan.FromHours(12);

    private readonly CancellationTokenSource _ending = new();
    private readonly HashSet<(string Address, HandshakeRefusal Refusal)> _refusalsSaid = [];
    private IReadOnlyList<string> _drains = [];
    private IReadOnlyDictionary<StreamId, string> _pins = new Dictionary<StreamId, string>();
    private Task _watching = Task.CompletedTask;

    /// <summary>Names of the nodes that are to keep nothing, as last read.</summary>
    public IReadOnlyList<string> Drains => Volatile.Read(ref _drains);

    /// <summary>Streams that are to be kept by the node of a name, as last read.</summary>
    public IReadOnlyDictionary<StreamId, string> Pins => Volatile.Read(ref _pins);

    /// <summary>The authority's certificate, which is public.</summary>
    public string AuthorityPem => _identity.Authority.ExportCertificatePem() + "\n";

    private string AuthorityFingerprint => Convert.ToHexStringLower(SHA256.HashData(_identity.Authority.RawData));

    /// <summary>Until when the certificate is good, if that is soon; else null.</summary>
    public DateTimeOffset? CertificateEndsSoon(DateTimeOffset now)
    {
        DateTimeOffset ends = DateTimeOffset.FromUnixTimeMilliseconds(CertificateEndsMs);
        return ends < now + CertificateWarning ? ends : null;
    }

    private IReadOnlyList<ShardMove> Plan(MemberTable table, ShardLayout layout, IReadOnlyList<StreamId> streams)
    {
        bool isSomebodyLeaving = table.Members.Any(member => member.State == MemberState.Leaving);
        PlannedStream[] planned = [.. streams.Select(stream => new PlannedStream(stream, stream.Kind == LedgerStreams.RootKind))];
        return LayoutPlanner.Plan(new PlannerInput(table, layout, planned)
        {
            MovesMax = isSomebodyLeaving ? MovesWhenLeavingMax : MovesMax,
            Wishes = [.. Drains.Select(static node => new PlacementWish.Drain(node)), .. Pins.Select(static pin => new PlacementWish.Pin(pin.Key, pin.Value))],
        });
    }

    // A node that does not fit is refused before it stands in the table: the others would only not talk to it.
    private async Task CheckAsync(NodeOptions options)
    {
        long nowMs = _system.Clock.UtcNowMs;
        CertificateRefusal refusal = PeerCheck.Check(_identity.Certificate, _identity.Authority, Cluster, options.Name, nowMs, out _);
        if (refusal != CertificateRefusal.None)
        {
            throw new CommandFailedException(ExitCode.Refused, $"The certificate of {options.Name} cannot be used ({refusal}): {HandshakeRefusals.Of(refusal).Advice()}.");
        }

        try
        {
            ClusterNamed named = await Record.NameAsync(Cluster, AuthorityFingerprint).ConfigureAwait(false);
            string? problem = ClusterFit.ProblemOf(named, Cluster, AuthorityFingerprint, nowMs);
            if (problem is not null)
            {
                throw new CommandFailedException(ExitCode.Refused, problem);
            }

            await Record.AnnounceIssuerAsync(options.Name, options.Authority is null ? null : options.OperatorsReachedAt).ConfigureAwait(false);
            Volatile.Write(ref _drains, await Record.DrainsAsync().ConfigureAwait(false));
            Volatile.Write(ref _pins, await Record.PinsAsync().ConfigureAwait(false));
        }
        catch (DatabaseUnavailableException away)
        {
            throw new CommandFailedException(ExitCode.Unreachable, $"The cluster's database does not answer: {away.Message}");
        }
    }

    private void Subscribe()
    {
        EventStream events = _system.EventStream;
        _subscriptions.Add(events.Subscribe<SelfJoined>(joined => OnJoined(joined.Self)));
        _subscriptions.Add(events.Subscribe<JoinRefused>(refused => _joined.TrySetException(new CommandFailedException(
            ExitCode.Refused, $"{refused.Present} at {refused.Address} is alive and has this name. Give this node another with --name, or stop that one."))));
        _subscriptions.Add(events.Subscribe<SelfOvertaken>(over => EndOvertaken(over.Reason switch
        {
            OvertakenReason.DeclaredDown => $"The others gave {over.Self} up, as one does not hear from it: it stops. Start it again.",
            OvertakenReason.NewerLife => $"{over.Self} was started a second time, and the newer one goes on.",
            _ => $"{over.Self} cannot follow the members any more: it stops. Start it again.",
        })));
        _subscriptions.Add(events.Subscribe<OwnLifeDenied>(denied => EndOvertaken(
            $"{denied.By} says that the life of {_self} is over ({denied.Refusal}): it stops. Start it again.")));
        _subscriptions.Add(events.Subscribe<ActorFailed>(OnActorFailed));
        _subscriptions.Add(events.Subscribe<PeerRefused>(OnPeerRefused));
        _subscriptions.Add(events.Subscribe<MembershipChanged>(changed => OnMembers(changed.Table)));
    }

    private void OnMembers(MemberTable table)
    {
        bool wasLeaving = Table.Find(_self) is { State: MemberState.Leaving };
        Volatile.Write(ref _table, table);
        _remoting!.Follow(table);
        if (Volatile.Read(ref _isLeaving) != 0 || table.Find(_self) is not { State: MemberState.Leaving or MemberState.Removed } self)
        {
            return;
        }

        if (self.State == MemberState.Removed && !wasLeaving)
        {
            // Given up, and empty since: it slept while both were written down.
            EndOvertaken($"The others gave {_self} up, as one did not hear from it: it stops. Start it again.");
            return;
        }

        _fate.Dismiss();
    }

    /// <summary>Ends the process, but for one that has said its last word: of its life being over the others may well remind it.</summary>
    private void EndOvertaken(string why)
    {
        if (!Volatile.Read(ref _isOver))
        {
            _fate.End(ExitCode.Overtaken, why);
        }
    }

    // Whoever took over what this node owned has raised the epoch: this process can write nothing more, and its memory is not what is durable.
    private void OnActorFailed(ActorFailed failed)
    {
        if (failed is { Directive: SupervisorDirective.Stop, Exception: JournalFailedException { Outcome: JournalOutcome.Fenced } })
        {
            EndOvertaken($"A write of {_self} was refused: others have taken over what it owned. It stops. Start it again.");
        }
    }

    private void OnPeerRefused(PeerRefused refused)
    {
        // What nothing can be done about passes by itself, as when a node stops; the rest is said once.
        lock (_refusalsSaid)
        {
            if (refused.Advice.Length == 0 || !_refusalsSaid.Add((refused.Address, refused.Refusal)))
            {
                return;
            }
        }

        string other = refused.Node?.ToString() ?? "a node";
        PeerRefusedHere(refused.ByOther ? $"{other} at {refused.Address} refuses this node" : $"This node refuses {other} at {refused.Address}", refused.Refusal, refused.Advice);
        if (refused.ByOther && IsForGood(refused.Refusal) && Table.Find(_self) is { State: MemberState.Joining })
        {
            _fate.End(ExitCode.Refused, $"{other} at {refused.Address} does not let {_self} in ({refused.Refusal}): {refused.Advice}.");
        }
    }

    private static bool IsForGood(HandshakeRefusal refusal) =>
        refusal is HandshakeRefusal.WrongCluster or HandshakeRefusal.WrongVersion or HandshakeRefusal.ClockOff or HandshakeRefusal.OwnName
            or (>= HandshakeRefusal.CertificateMissing and <= HandshakeRefusal.CertificateNameMismatch);

    // Drains and pins concern the leader's plans; every node knows them, as any may come to lead.
    private async Task WatchAsync()
    {
        using var looks = new PeriodicTimer(s_watchEvery);
        long warnAtMs = 0;
        try
        {
            do
            {
                if (_system.Clock.MonotonicMs >= warnAtMs)
                {
                    warnAtMs = _system.Clock.MonotonicMs + (long)s_warnEvery.TotalMilliseconds;
                    WarnOfTheCertificate();
                }

                try
                {
                    Volatile.Write(ref _drains, await Record.DrainsAsync().WaitAsync(_ending.Token).ConfigureAwait(false));
                    Volatile.Write(ref _pins, await Record.PinsAsync().WaitAsync(_ending.Token).ConfigureAwait(false));
                }
                catch (DatabaseUnavailableException)
                {
                    // What was known holds.
                }
            }
            while (await looks.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void WarnOfTheCertificate()
    {
        if (CertificateEndsSoon(DateTimeOffset.FromUnixTimeMilliseconds(_system.Clock.UtcNowMs)) is { } ends)
        {
            CertificateEnds(ends, _self.Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of this node ends {Ends:yyyy-MM-dd HH:mm}: 'leither ca issue {Node}' makes a new one, which holds from the next start on")]
    private partial void CertificateEnds(DateTimeOffset ends, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} ({Refusal}): {Advice}")]
    private partial void PeerRefusedHere(string what, HandshakeRefusal refusal, string advice);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not all was handed over ({Reason}): the others take over what is left, as after a crash")]
    private partial void NotHandedOver(string reason);
}
