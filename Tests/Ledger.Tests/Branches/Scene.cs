using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>A ledger of one branch with some parties in it, and short ways to say what they do.</summary>
internal static class Scene
{
    public const ulong Start = 1_000_000;

    public static readonly Party Organization = Party.Of(-1);
    public static readonly Party Alice = Party.Of(1);
    public static readonly Party Bob = Party.Of(2);
    public static readonly Party Carol = Party.Of(3);
    public static readonly Party Stranger = Party.Of(4);

    public static readonly LedgerId Ledger = new(Organization.Id);

    public static BranchOptions Options(int depthBits = 0, uint branch = 0) => new()
    {
        Ledger = Ledger,
        Branch = branch,
        DepthBits = depthBits,
        Translucency = depthBits,
        TableSeed = 0x1234_5678_9ABC_DEF0,
    };

    /// <summary>A ledger of one branch in which Alice, Bob and Carol have got 1,000 each by beat 1, at <see cref="Start"/>.</summary>
    public static BranchDriver WithFunds(Func<BranchOptions, BranchOptions>? change = null)
    {
        var branch = new BranchDriver(change is null ? Options() : change(Options()));
        branch.Accept(IssueBundle(1, (Alice, 1000), (Bob, 1000), (Carol, 1000)), slice: -100);
        branch.Pulse(1, Start, 1);
        return branch;
    }

    public static PlainTransfer Pay(Party sender, Party receiver, ulong amount, ulong nonce, ulong expiry = ulong.MaxValue) => new()
    {
        Kind = TransferKind.Pay,
        Ledger = Ledger,
        Sender = sender.Id,
        Receiver = receiver.Id,
        Signer = sender,
        Amount = amount,
        Nonce = nonce,
        Expiry = expiry,
    };

    public static PlainTransfer Issue(Party receiver, ulong amount, ulong nonce) =>
        Pay(Organization, receiver, amount, nonce) with { Kind = TransferKind.Issue };

    public static PlainTransfer Bundle(Party sender, ulong nonce, params (Party Receiver, ulong Amount)[] items) =>
        Pay(sender, sender, (ulong)items.Sum(item => (long)item.Amount), nonce) with
        {
            Kind = TransferKind.Bundle,
            Receiver = default,
            Items = [.. items.Select(item => new PlainItem(item.Receiver.Id, item.Amount))],
        };

    public static PlainTransfer IssueBundle(ulong nonce, params (Party Receiver, ulong Amount)[] items) =>
        Bundle(Organization, nonce, items) with { Kind = TransferKind.IssueBundle };

    public static PlainTransfer Reserve(
        Party owner, Party receiver, ulong amount, ulong nonce, ulong holdExpiry = ulong.MaxValue, Party? controller = null) =>
        Pay(owner, receiver, amount, nonce) with
        {
            Kind = TransferKind.Reserve,
            HoldExpiry = holdExpiry,
            Controller = controller?.Id ?? default,
        };

    public static PlainTransfer Post(PlainTransfer reserve, ulong amount, ulong heldBefore, Party signer) =>
        reserve with { Kind = TransferKind.Post, Signer = signer, Amount = amount, HeldBefore = heldBefore };

    public static PlainTransfer Release(PlainTransfer reserve, Party signer) =>
        reserve with { Kind = TransferKind.Release, Signer = signer, Amount = 0 };

    /// <summary>What an account has now, the frozen part included.</summary>
    public static unsafe ulong BalanceOf(BranchDriver branch, Party party)
    {
        using BranchState? state = branch.Ledger.StateAsOf(new BeatNumber(ulong.MaxValue));
        return state!.Tree.Find(party.Id)->Balance.Units;
    }
}
