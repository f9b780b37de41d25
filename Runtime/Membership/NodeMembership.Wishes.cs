namespace LeitherCluster.Runtime.Membership;

/// <content>What operators, and whoever moves the streams, want written down.</content>
public sealed partial class NodeMembership
{
    private readonly List<Wish> _wishes = [];

    private void OnWish(ChangeMemberState wish)
    {
        if (_self is null || _wishes.Count == _options.WishesMax)
        {
            Refuse(new Wish(wish, Sender), _self is null ? MemberChangeRefusal.NotAMember : MemberChangeRefusal.Busy);
            return;
        }

        _wishes.Add(new Wish(wish, Sender));
        Read();
    }

    /// <summary>Answers what is so already, and what can never be.</summary>
    private void SettleWishes()
    {
        for (int i = _wishes.Count - 1; i >= 0; i--)
        {
            Wish wish = _wishes[i];
            MemberState? state = _view.Table.Find(wish.Asked.Node)?.State;
            if (state >= wish.Asked.To)
            {
                wish.Asker.Tell(new MemberStateChanged(wish.Asked.Node, state.Value), Self);
                _wishes.RemoveAt(i);
            }
            else if (state is not { } from || !MembershipRules.MayBecome(from, wish.Asked.To))
            {
                Refuse(wish, state is null ? MemberChangeRefusal.Unknown : MemberChangeRefusal.NotAllowed);
                _wishes.RemoveAt(i);
            }
        }
    }

    private MembershipChange Wished() => new()
    {
        Rows =
        [
            .. _wishes.GroupBy(static wish => wish.Asked.Node)
                .Select(wishes => _view.Table.Find(wishes.Key)! with { State = wishes.Min(static wish => wish.Asked.To) }),
        ],
    };

    private void RefuseWishes()
    {
        foreach (Wish wish in _wishes)
        {
            Member? member = _view.Table.Find(wish.Asked.Node);
            if (member?.State >= wish.Asked.To)
            {
                wish.Asker.Tell(new MemberStateChanged(member.Id, member.State), Self);
            }
            else
            {
                Refuse(wish, MemberChangeRefusal.NotAMember);
            }
        }

        _wishes.Clear();
    }

    private void Refuse(Wish wish, MemberChangeRefusal refusal) => wish.Asker.Tell(new MemberChangeRefused(wish.Asked.Node, wish.Asked.To, refusal), Self);

    private sealed record Wish(ChangeMemberState Asked, IActorRef Asker);
}
