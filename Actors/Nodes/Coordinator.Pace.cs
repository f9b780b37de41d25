using LeitherCluster.Actors.Pulses;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Nodes;

/// <content>How quickly streams move, and what is said of it.</content>
public sealed partial class Coordinator
{
    private readonly HandOverPace _pace = new();
    private bool _isMoreToMove;
    private Change? _change;

    private bool IsSomebodyLeaving => _members.Members.Any(static member => member.State == MemberState.Leaving);

    private void BeginChange(bool isPlanned) => _change = new Change(Context.Clock.MonotonicTicks, isPlanned, 0);

    private void Note(ShardLayout layout)
    {
        if (_change is { } change && _moves.Count != 0)
        {
            _change = change with { Layout = layout.Version };
            Context.Log.Info($"Layout {layout.Version}: {_moves.Count} of {_streams.Count} shards have another owner, {(change.IsPlanned ? "between two pulses" : "as they had no living one")}");
        }
    }

    private void OnBeat(BeatEnded ended)
    {
        if (_change is { Layout: not 0 } change && ended.Beat > _endedWhenMoved)
        {
            _change = null;
            var took = TimeSpan.FromTicks(Context.Clock.MonotonicTicks - change.BeganTicks);
            Context.Log.Info($"Layout {change.Layout}: the first beat under it ended {took.TotalMilliseconds:F0} ms after {(change.IsPlanned ? "the pulses were paused" : "it was wanted")}");
            if (change.IsPlanned)
            {
                _pace.Note(took - options.Ledger.PulseCycle);
            }
        }

        // Nobody waits for the next look: who wants to be gone, and who has come to share the work of a quick cluster.
        if (_isMoreToMove || _members.Members.Any(member => member.State == MemberState.Leaving && _layout.Owners.Values.Any(owner => owner.Node == member.Id)))
        {
            Look();
        }
    }

    // Whoever is still about to release for this version finds the next one.
    private void OnOverdue()
    {
        Context.Log.Warning($"{_moves.Count} shards could not be handed over within {HandOverWithin.TotalSeconds:F0} s: the pulses go on first");
        _pace.Note(HandOverWithin);
        Advance([]);
    }

    /// <summary>A change of the layout that is under way.</summary>
    /// <param name="Layout">the version it made; 0 as long as it has not</param>
    private sealed record Change(long BeganTicks, bool IsPlanned, ulong Layout);
}
