using System.Buffers.Binary;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Ledger.Tree;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <summary>
/// The oracle: executes sealed windows as docs/PROTOCOL.md says, one transfer after the other, on plain dictionaries, and takes nothing for
/// granted.
/// </summary>
internal sealed class PlainLedger(Scenario scenario)
{
    private readonly SortedDictionary<AccountId, PlainAccountState> _accounts = [];
    private readonly List<(AccountId Receiver, ulong Amount, Hash256 Secret)> _credits = [];
    private readonly Dictionary<AccountId, List<ulong>> _nonces = [];

    /// <summary>Everything ever issued.</summary>
    public ulong Supply { get; private set; }

    public IReadOnlyCollection<PlainAccountState> Accounts => _accounts.Values;

    /// <summary>Balance and frozen part of every account after each pulse; the one of n is at n.</summary>
    public List<Dictionary<AccountId, (ulong Balance, ulong Frozen)>> History { get; } = [[]];

    public PlainAccountState? Find(in AccountId id) => _accounts.GetValueOrDefault(id);

    public Synopsis Root() => PlainTree.Of(_accounts.Values.Select(static account => account.ToPlain()), scenario.Parameters.Translucency);

    /// <summary>
    /// Executes the windows of a beat, ascending by branch: all debits, then all credits. <paramref name="committed"/> is called for each frame with its
    /// id and where it stands in its branch.
    /// </summary>
    public void Execute(IReadOnlyList<SealedBlock> windows, Timestamp at, Action<Hash256, CommittedPlace> committed)
    {
        _credits.Clear();
        foreach (SealedBlock window in windows)
        {
            ReleaseDue(window.Branch, at);
            uint place = 0;
            foreach (ReadOnlyMemory<byte> bytes in window.Frames())
            {
                var frame = new TransferFrame(bytes.Span);
                Debit(frame, at, window);
                Hash256[] leaves = LeavesOf(frame, out Hash256 id);
                committed(id, new CommittedPlace(default, window.Branch, place, at, leaves, PartiesOf(frame)));
                place += (uint)leaves.Length;
            }

            UseNonces();
        }

        foreach ((AccountId receiver, ulong amount, Hash256 secret) in _credits)
        {
            Credit(receiver, amount, secret);
        }

        History.Add(_accounts.Values.ToDictionary(static a => a.Id, static a => (a.Balance, a.Frozen)));
    }

    /// <summary>The hold that should have been released by now, or null.</summary>
    public (AccountId Owner, Hold Hold)? Overdue(Timestamp at)
    {
        foreach (PlainAccountState account in _accounts.Values)
        {
            foreach (Hold hold in account.Holds.Values)
            {
                if (hold.Expiry < at)
                {
                    return (account.Id, hold);
                }
            }
        }

        return null;
    }

    private static AccountId[] PartiesOf(TransferFrame frame)
    {
        var parties = new List<AccountId>();
        if (FrameLayout.IsBundle(frame.Kind))
        {
            foreach (BundleItem item in frame.Items)
            {
                parties.Add(item.Receiver);
            }
        }
        else
        {
            parties.Add(frame.Body.Receiver);
        }

        return [.. parties, frame.Body.Sender];
    }

    private static Hash256[] LeavesOf(TransferFrame frame, out Hash256 id)
    {
        byte[] message = [.. "LC1xfer_"u8, .. frame.SignedBytes];
        Hash256 own = id = Blake3.Hash(message);
        return FrameLayout.IsBundle(frame.Kind)
            ? [.. Enumerable.Range(0, frame.Body.ItemNumber).Select(index => TransferIds.ComputeItem(own, index))]
            : [id];
    }

    private void Debit(TransferFrame frame, Timestamp at, SealedBlock window)
    {
        TransferBody body = frame.Body;
        Require(frame, body.Sender.Prefix(scenario.DepthBits) == window.Branch, "is in its sender's branch");
        Require(frame, body.Expiry >= at, "has not expired");
        if (FrameLayout.ActsOnHold(body.Kind))
        {
            ActOnHold(frame, window);
            return;
        }

        if (FrameLayout.IsIssuance(body.Kind))
        {
            Require(frame, body.Sender == scenario.Parameters.Ledger.OrganizationAccount, "is issued by the organization");
            _accounts.TryAdd(body.Sender, new PlainAccountState(body.Sender) { Flags = RecordFlags.System });
            Supply = checked(Supply + body.Amount.Units);
        }

        PlainAccountState? sender = Find(body.Sender);
        Require(frame, sender is not null, "has a sender");
        TakeNonce(frame, sender!);
        if (!FrameLayout.IsIssuance(body.Kind))
        {
            Require(frame, body.Amount.Units <= sender!.Spendable, "is covered");
        }

        switch (body.Kind)
        {
            case TransferKind.Pay:
                sender!.Balance -= body.Amount.Units;
                AddCredit(body.Receiver, body.Amount.Units, window);
                break;
            case TransferKind.Issue:
                AddCredit(body.Receiver, body.Amount.Units, window);
                break;
            case TransferKind.Reserve:
                HoldTerms terms = frame.HoldTerms;
                Require(frame, sender!.Holds.Count < HoldBook.CountMax, "finds room for its hold");
                sender.Holds.Add(body.Nonce, new Hold(body.Nonce, body.Amount, terms.Expiry, body.Receiver, terms.Controller));
                break;
            case TransferKind.Bundle:
                sender!.Balance -= body.Amount.Units;
                AddItems(frame, window);
                break;
            default:
                AddItems(frame, window);
                break;
        }
    }

    private void ActOnHold(TransferFrame frame, SealedBlock window)
    {
        TransferBody body = frame.Body;
        PlainAccountState? owner = Find(body.Sender);
        Hold hold = default;
        Require(frame, owner is not null && owner.Holds.TryGetValue(body.Nonce, out hold), "finds its hold");
        Require(frame, hold.Receiver == body.Receiver, "names the hold's receiver");
        AccountId signer = AccountIds.Of(frame.SignerKey);
        if (body.Kind == TransferKind.Release)
        {
            Require(frame, signer == hold.Receiver || signer == hold.Controller, "may release");
            owner!.Holds.Remove(body.Nonce);
            return;
        }

        Require(frame, signer == owner!.Id || signer == hold.Controller, "may post");
        Require(frame, frame.HeldBefore == hold.Amount && body.Amount <= hold.Amount, "knows what is held");
        owner.Balance -= body.Amount.Units;
        Amount left = hold.Amount - body.Amount;
        owner.Holds.Remove(body.Nonce);
        if (left != Amount.Zero)
        {
            owner.Holds.Add(body.Nonce, hold with { Amount = left });
        }

        AddCredit(body.Receiver, body.Amount.Units, window);
    }

    /// <summary>Judged against the window as the beat before left it, and against the others of this beat.</summary>
    private void TakeNonce(TransferFrame frame, PlainAccountState sender)
    {
        ulong nonce = frame.Body.Nonce;
        bool free = nonce > sender.NonceHighest
            ? nonce - sender.NonceHighest <= 64
            : sender.NonceHighest - nonce < 64 && !sender.Nonces.Contains(nonce);
        if (!_nonces.TryGetValue(sender.Id, out List<ulong>? taken))
        {
            _nonces.Add(sender.Id, taken = []);
        }

        Require(frame, nonce != 0 && free && !taken.Contains(nonce), "has a nonce of its own");
        taken.Add(nonce);
    }

    private void UseNonces()
    {
        foreach ((AccountId id, List<ulong> taken) in _nonces)
        {
            PlainAccountState account = _accounts[id];
            account.Nonces.UnionWith(taken);
            account.NonceHighest = Math.Max(account.NonceHighest, taken.Max());
        }

        _nonces.Clear();
    }

    private void ReleaseDue(uint branch, Timestamp at)
    {
        foreach (PlainAccountState account in _accounts.Values.Where(account => account.Id.Prefix(scenario.DepthBits) == branch))
        {
            foreach (ulong due in account.Holds.Values.Where(hold => hold.Expiry < at).Select(static hold => hold.Nonce).ToArray())
            {
                account.Holds.Remove(due);
            }
        }
    }

    private void AddItems(TransferFrame frame, SealedBlock window)
    {
        ulong sum = 0;
        foreach (BundleItem item in frame.Items)
        {
            sum += item.Amount.Units;
            AddCredit(item.Receiver, item.Amount.Units, window);
        }

        Require(frame, sum == frame.Body.Amount.Units, "is the sum of its items");
    }

    private void AddCredit(AccountId receiver, ulong amount, SealedBlock window) => _credits.Add((receiver, amount, window.Header.Secret));

    private void Credit(AccountId receiver, ulong amount, Hash256 secret)
    {
        if (!_accounts.TryGetValue(receiver, out PlainAccountState? account))
        {
            byte[] id = new byte[AccountId.SizeBytes];
            receiver.CopyTo(id);
            ulong salt = BinaryPrimitives.ReadUInt64LittleEndian(Blake3.KeyedHash(secret, id).AsSpan());
            _accounts.Add(receiver, account = new PlainAccountState(receiver) { Salt = salt });
        }

        account.Balance = checked(account.Balance + amount);
    }

    private static void Require(TransferFrame frame, bool holds, string what)
    {
        if (!holds)
        {
            TransferBody body = frame.Body;
            throw new ViolationException(
                Rule.TransferIsLegitimate, $"no {body.Kind} that {what}: {body.Amount} of {body.Sender} to {body.Receiver}, nonce {body.Nonce}, expiry {body.Expiry}");
        }
    }
}
