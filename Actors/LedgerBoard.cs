using LeitherCluster.Actors.Gateway;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors;

/// <summary>The actors of a ledger that front doors speak to.</summary>
public sealed record LedgerActors(IActorRef Chief, IActorRef Branches, IActorRef Places, IActorRef Acceptances, IReadOnlyList<IngressDoor> Ingresses);

/// <summary>What a ledger shows of itself to the threads of front doors: refs, state, counters. Written by its actors, read by anyone.</summary>
public sealed class LedgerBoard
{
    private volatile LedgerActors? _actors;
    private volatile PulseSummary? _lastPulse;
    private volatile MemberTable _members = MemberTable.Empty;
    private volatile StateNote _state = new(LedgerState.Recovering, "");
    private volatile bool _hasRecovered;
    private ulong _lastBeat;
    private uint _attempts;

    public LedgerCounters Counters { get; } = new();

    /// <summary>Null until the ledger has recovered that far.</summary>
    public LedgerActors? Actors => _actors;

    public LedgerState State => _state.State;

    /// <summary>Why it is not running; empty when it is.</summary>
    public string Reason => _state.Reason;

    /// <summary>The last beat that was opened; its number is never used again.</summary>
    public BeatNumber LastBeat => new(Interlocked.Read(ref _lastBeat));

    /// <summary>The newest table of the cluster's members that this node knows.</summary>
    internal MemberTable Members
    {
        get => _members;
        set => _members = value;
    }

    /// <summary>Counts the root's attempts in this life of the node; never the same twice.</summary>
    internal uint NextAttempt() => Interlocked.Increment(ref _attempts);

    internal void SetLastBeat(BeatNumber beat) => Interlocked.Exchange(ref _lastBeat, beat.Value);

    /// <summary>The last beat that ended here; null before the first.</summary>
    public PulseSummary? LastPulse => _lastPulse;

    /// <summary>A pulse ended: what held the ledger up is over. If that was while it recovered, it goes on recovering.</summary>
    internal void SetPulse(PulseSummary pulse)
    {
        _lastPulse = pulse;
        if (State == LedgerState.Holding)
        {
            SetState(LedgerState.Recovering, "");
            RunIfRecovered();
        }
    }

    /// <summary>It begins to recover: nobody gets in before that is over.</summary>
    internal void SetRecovering()
    {
        _hasRecovered = false;
        SetState(LedgerState.Recovering, "");
    }

    /// <summary>It has recovered, and runs unless something holds it up.</summary>
    internal void SetRecovered()
    {
        _hasRecovered = true;
        RunIfRecovered();
    }

    internal void SetActors(LedgerActors actors) => _actors = actors;

    /// <summary>A ledger that has failed stays so: what comes after, its end among it, must not hide why.</summary>
    internal void SetState(LedgerState state, string reason)
    {
        var next = new StateNote(state, reason);
        StateNote seen = _state;
        while (seen.State != LedgerState.Failed)
        {
            StateNote current = Interlocked.CompareExchange(ref _state, next, seen);
            if (current == seen)
            {
                return;
            }

            seen = current;
        }
    }

    private void RunIfRecovered()
    {
        if (_hasRecovered && State == LedgerState.Recovering)
        {
            SetState(LedgerState.Running, "");
        }
    }

    private sealed record StateNote(LedgerState State, string Reason);
}
