using LeitherCluster.Hosting.Commands;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Clusters;

/// <content>Going in good order, and what operators want of members.</content>
internal sealed partial class ClusterMember
{
    /// <summary>How long handing over may take; the others then take over what is left, as after a crash.</summary>
    public static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(100);

    private int _isLeaving;
    private bool _isOver;

    /// <summary>
    /// Hands over, as long as somebody else is at work: nothing more is placed here, and what is here moves away. The node goes on serving meanwhile. Once.
    /// </summary>
    public async Task LeaveAsync()
    {
        if (Interlocked.Exchange(ref _isLeaving, 1) != 0)
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(LeaveLimit);
            await ChangeAsync(_self, MemberState.Leaving).ConfigureAwait(false);
            using var looks = new PeriodicTimer(s_look);
            while (Table.Up.Any(member => member.Id != _self) && await OwnsAnythingAsync(_self).ConfigureAwait(false))
            {
                await looks.WaitForNextTickAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException or AskFailedException or CommandFailedException)
        {
            NotHandedOver(exception.Message);
        }
    }

    /// <summary>The last word: this node is no member any more.</summary>
    public async Task EndAsync()
    {
        Volatile.Write(ref _isOver, true);
        try
        {
            await ChangeAsync(_self, MemberState.Removed).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or AskFailedException or CommandFailedException)
        {
            // The others notice by its silence.
        }
    }

    /// <summary>Has another state written down for a member.</summary>
    /// <exception cref="CommandFailedException">It does not follow from the one it has.</exception>
    public async Task ChangeAsync(NodeId node, MemberState to)
    {
        object answer = await _membership.Ask<object>(new ChangeMemberState(node, to), s_askPatience).ConfigureAwait(false);
        if (answer is MemberChangeRefused refused)
        {
            throw new CommandFailedException(ExitCode.Refused, $"{node} cannot become {to.ToString().ToLowerInvariant()}: {Explain(refused.Refusal)}.");
        }
    }

    /// <summary>Whether a member owns a stream by the newest layout.</summary>
    public async Task<bool> OwnsAnythingAsync(NodeId node) => (await LayoutAsync().ConfigureAwait(false)).Owners.Values.Any(owner => owner.Node == node);

    private static string Explain(MemberChangeRefusal refusal) => refusal switch
    {
        MemberChangeRefusal.Unknown => "there is no such member",
        MemberChangeRefusal.NotAllowed => "that does not follow from the state it has",
        MemberChangeRefusal.Busy => "too many such wishes wait; try again",
        _ => "the node that was asked is no member itself",
    };
}
