using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>
/// The oracle: the rules of a ledger in dictionaries and lists, one transfer after the other, everything looked up anew whenever it is needed. Nothing
/// of the code under test but the value types.
/// </summary>
internal sealed partial class PlainLedger
{
    private const ulong NonceWidth = 64;
    private const int HoldsMax = 64;
    private const int BlockBytesAround = 192 + 96;

    private readonly LedgerId _ledger;
    private readonly int _depthBits;
    private readonly BranchOptions _bounds;
    private readonly List<(PlainHolder Holder, ulong Nonce)> _usedNow = [];
    private ulong _issuedNow;

    public PlainLedger(BranchOptions bounds)
    {
        _bounds = bounds;
        _ledger = bounds.Ledger;
        _depthBits = bounds.DepthBits;
        Branches = [.. Enumerable.Range(0, 1 << _depthBits).Select(index => new PlainBranch((uint)index, _ledger))];
    }

    public Dictionary<AccountId, PlainHolder> Holders { get; } = [];

    public PlainBranch[] Branches { get; }

    /// <summary>All that was ever issued, and has been sealed.</summary>
    public ulong Issued { get; set; }

    /// <summary>What everybody who waits, or waited, was answered.</summary>
    public Dictionary<Waiter, TransferAnswer> Answers { get; } = [];

    /// <summary>Every transfer that took effect, and was committed.</summary>
    public HashSet<Hash256> Committed { get; } = [];

    public uint BranchOf(AccountId id) => id.Prefix(_depthBits);

    public IEnumerable<PlainHolder> HoldersOf(uint branch) => Holders.Values.Where(holder => BranchOf(holder.Id) == branch).OrderBy(holder => holder.Id);

    /// <summary>
    /// What a party is told at once: <see cref="Decision.Refused"/> stands for both refusals. What the branch knows of time is in <see cref="PlainBranch.KnownAt"/>.
    /// </summary>
    public (Decision Decision, Outcome Refusal) Submit(PlainTransfer transfer, Waiter waiter)
    {
        PlainBranch branch = Branches[BranchOf(transfer.Sender)];
        var entry = new PlainEntry(transfer, transfer.Id(), transfer.Frame());
        foreach (List<PlainEntry> window in new[] { branch.Open, branch.Sealed })
        {
            if (window.Find(other => other.Id == entry.Id) is { } same)
            {
                if (window.Sum(other => other.Joined) == _bounds.WindowFramesMax)
                {
                    return (Decision.Refused, Outcome.Busy);
                }

                same.Waiters.Add(waiter);
                same.Joined++;
                return (Decision.Joined, default);
            }
        }

        List<Outcome> refusals = [.. Refusals(transfer, branch.KnownAt, branch.Open)];
        if (branch.Open.Count == _bounds.WindowFramesMax
            || BlockBytesAround + branch.OpenBytes + entry.Frame.Length > _bounds.WindowBytesMax)
        {
            refusals.Add(Outcome.Busy);
        }

        if (refusals.Count != 0)
        {
            return (Decision.Refused, refusals.Min());
        }

        entry.Waiters.Add(waiter);
        branch.Open.Add(entry);
        return (Decision.Accepted, default);
    }

    /// <summary>All refusals that apply, the transfers that wait in the open window before it counted as if they had taken effect.</summary>
    private IEnumerable<Outcome> Refusals(PlainTransfer transfer, ulong at, List<PlainEntry> before)
    {
        if (transfer.GoodUntil < at)
        {
            yield return Outcome.Expired;
        }

        PlainHolder? holder = Holders.GetValueOrDefault(transfer.Sender);
        PlainTransfer[] own = [.. before.Select(entry => entry.Transfer).Where(other => other.Sender == transfer.Sender)];
        IEnumerable<Outcome> more = transfer.ActsOnHold ? RefusalsOnHold(transfer, holder, own) : RefusalsOfSender(transfer, holder, own);
        foreach (Outcome refusal in more)
        {
            yield return refusal;
        }

        if (!transfer.IsIssuance && holder is null)
        {
            yield return Outcome.UnknownSender;
        }

        if (!transfer.IsIssuance && holder is not null && holder.Flags.HasFlag(RecordFlags.Frozen))
        {
            yield return Outcome.AccountFrozen;
        }
    }

    private IEnumerable<Outcome> RefusalsOfSender(PlainTransfer transfer, PlainHolder? holder, PlainTransfer[] own)
    {
        PlainTransfer[] withNonce = [.. own.Where(other => !other.ActsOnHold)];
        if (RefusalOfNonce(transfer.Nonce, holder, withNonce) is { } nonce)
        {
            yield return nonce;
        }

        if (transfer.IsIssuance)
        {
            UInt128 issued = (UInt128)Issued + _issuedNow + Sum(withNonce.Where(other => other.IsIssuance)) + transfer.Amount;
            if (issued > ulong.MaxValue)
            {
                yield return Outcome.AmountOverflow;
            }

            yield break;
        }

        UInt128 taken = Sum(withNonce.Where(other => !other.IsIssuance)) + transfer.Amount;
        if (taken > (holder?.Balance ?? 0) - (holder?.Held ?? 0))
        {
            yield return Outcome.InsufficientFunds;
        }

        if (transfer.Kind == TransferKind.Reserve
            && (holder?.Holds.Count ?? 0) + withNonce.Count(other => other.Kind == TransferKind.Reserve) >= HoldsMax)
        {
            yield return Outcome.TooManyHolds;
        }
    }

    private Outcome? RefusalOfNonce(ulong nonce, PlainHolder? holder, PlainTransfer[] own)
    {
        ulong highest = holder?.Highest ?? 0;
        if (nonce > highest)
        {
            return nonce - highest > NonceWidth ? Outcome.NonceTooFarAhead : IsTaken() ? Outcome.NonceUsed : null;
        }

        return highest - nonce >= NonceWidth ? Outcome.NonceTooOld : holder!.Used.Contains(nonce) || IsTaken() ? Outcome.NonceUsed : null;

        bool IsTaken() => own.Any(other => other.Nonce == nonce) || (holder is not null && _usedNow.Contains((holder, nonce)));
    }

    private static IEnumerable<Outcome> RefusalsOnHold(PlainTransfer transfer, PlainHolder? holder, PlainTransfer[] own)
    {
        if (holder is null || !holder.Holds.TryGetValue(transfer.Nonce, out Hold hold))
        {
            yield return Outcome.UnknownHold;
            yield break;
        }

        bool isPost = transfer.Kind == TransferKind.Post;
        if (hold.Receiver != transfer.Receiver
            || (isPost && (hold.Amount.Units != transfer.HeldBefore || transfer.Amount > hold.Amount.Units))
            || own.Any(other => other.ActsOnHold && other.Nonce == transfer.Nonce))
        {
            yield return Outcome.HoldMismatch;
        }

        AccountId signer = AccountIds.Of(transfer.Signer.Key);
        bool isController = !hold.Controller.IsZero && signer == hold.Controller;
        if (!isController && signer != (isPost ? transfer.Sender : hold.Receiver))
        {
            yield return Outcome.NotPermitted;
        }
    }

    private static UInt128 Sum(IEnumerable<PlainTransfer> transfers) =>
        transfers.Aggregate(UInt128.Zero, (sum, transfer) => sum + transfer.Amount);
}
