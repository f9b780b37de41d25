using LeitherCluster.Actors.Pulses;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Nodes;

/// <summary>
/// The root's side of one node for one term: to the trunks it is that node's exchange, and it sees to it that every step of a beat gets there and back.
/// </summary>
/// <remarks>
/// <code>
///   idle --OpenBeat--> asked --NodeReport--> reported --BeatEnded--> ended --BeatSettled--> idle
///                        OpenBeat again                               PulseEnded again, every <see cref="AskAgainAfter"/>
/// </code>
/// </remarks>
/// <param name="term">the term</param>
/// <param name="branches">the branches that the term's layout gives that node</param>
/// <param name="exchange">its exchange</param>
/// <param name="trunkOf">the leaf trunk of a branch</param>
public sealed class NodeLink(Term term, BranchSet branches, IActorRef exchange, Func<uint, IActorRef> trunkOf) : Actor
{
    /// <summary>How long it waits for the node before it asks again.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    private static readonly object AgainKey = "again";

    private readonly HashSet<IActorRef> _trunks = [];
    private OpenBeat? _open;
    private NodeReport? _report;
    private PulseCommitted? _committed;
    private PulseEnded? _ended;

    protected override void Receive(object message)
    {
        switch (message)
        {
            case OpenBeat beat:
                OnOpen(beat);
                break;
            case NodeReport report when report.Term == term && report.Beat == _open?.Beat && _report is null:
                OnReport(report);
                break;
            case ReportsMissing missing when missing.Beat == _open?.Beat && _report is not null:
                Tell(Sender);
                break;
            case PulseCommitted committed:
                _committed = committed;
                break;
            case BeatEnded ended when ended.Beat == _open?.Beat:
                OnEnded(ended);
                break;
            case BeatSettled settled when settled.Term == term && settled.Beat == _open?.Beat:
                Context.Timers.Cancel(AgainKey);
                Context.Parent.Tell(settled, Self);
                break;
            case TermUnknown unknown when unknown.Term == term:
                Context.Parent.Tell(unknown, Self);
                break;
            case AskAgain:
                Ask();
                break;
            case NodeReport or ReportsMissing or BeatEnded or BeatSettled or TermUnknown:
                // Of a beat or a term that is over.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnOpen(OpenBeat beat)
    {
        _trunks.Add(Sender);
        if (beat.Beat != _open?.Beat)
        {
            _open = beat;
            _report = null;
            _committed = null;
            _ended = null;
            Ask();
        }
        else if (_report is not null)
        {
            Tell(Sender);
        }
    }

    private void OnReport(NodeReport report)
    {
        _report = report;
        Context.Timers.Cancel(AgainKey);
        foreach (IActorRef trunk in _trunks)
        {
            Tell(trunk);
        }
    }

    /// <summary>Tells a leaf trunk what concerns it of the node's report.</summary>
    private void Tell(IActorRef trunk)
    {
        var reporting = new BranchSet(branches.BranchCount);
        foreach (BranchEntry entry in _report!.Entries)
        {
            reporting.Add(entry.Branch);
        }

        trunk.Tell(new BeatCovered(_report.Beat, branches, reporting, _report.Times), Self);
        foreach (BranchEntry entry in _report.Entries)
        {
            if (trunkOf(entry.Branch) == trunk)
            {
                trunk.Tell(new BranchReport(_report.Beat, entry), Self);
            }
        }
    }

    private void OnEnded(BeatEnded ended)
    {
        _ended = new PulseEnded(
            term, ended.Beat, ended.At, ended.Sequence, ended.Changed, ended.Changed ? _committed!.Statement : null, _ended?.Summary ?? ended.Summary);
        Ask();
    }

    private void Ask()
    {
        if (_ended is not null)
        {
            exchange.Tell(_ended, Self);
        }
        else if (_report is null && _open is not null)
        {
            exchange.Tell(_open, Self);
        }
        else
        {
            return;
        }

        Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
    }

    private sealed record AskAgain : IControlMessage
    {
        public static readonly AskAgain Instance = new();
    }
}
