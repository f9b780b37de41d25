using LeitherCluster.Actors;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>
/// Computes every account anew from the frames in the journal, by plain additions, and makes the tree of the outcome: its root must
/// be the one that was signed last, and its sum what was issued. Reads window blocks only; what the ledger computed is not looked at.
/// </summary>
internal sealed class JournalAudit : IBlockSink
{
    private const long BufferBytesMax = 256L << 20;

    private readonly Dictionary<AccountId, PlainAccount> _accounts = [];
    private PulseBlock? _lastPulse;

    /// <summary>Transfers found, items of bundles one by one.</summary>
    public long Transfers { get; private set; }

    public ulong Issued { get; private set; }

    /// <summary>Audits the journal of a folder that no ledger has open.</summary>
    /// <exception cref="InvalidOperationException">The sum or the root is another.</exception>
    public static JournalAudit Run(string folder) => Run(JournalPlace.InFiles(folder));

    /// <summary>Audits a journal that no ledger has open.</summary>
    /// <exception cref="InvalidOperationException">The sum or the root is another.</exception>
    public static JournalAudit Run(JournalPlace place)
    {
        var audit = new JournalAudit();
        using var buffers = new JournalBufferPool(BufferBytesMax);
        (IJournalStore journal, IDisposable? withJournal) = place.Open(buffers);
        using IDisposable? after = withJournal;
        using IJournalStore open = journal;
        LedgerId ledger = LedgerInProcess.Parameters.Ledger;
        for (uint branch = 0; branch < BranchCount; branch++)
        {
            journal.Replay(LedgerStreams.Branch(ledger, branch), 0, ulong.MaxValue, audit);
        }

        journal.Replay(LedgerStreams.Root(ledger), 0, ulong.MaxValue, audit);
        audit.Compare();
        return audit;
    }

    /// <summary>The account of that id, made when it is not there yet.</summary>
    public PlainAccount Account(in AccountId id)
    {
        if (!_accounts.TryGetValue(id, out PlainAccount? account))
        {
            account = _accounts[id] = new PlainAccount(id);
        }

        return account;
    }

    /// <summary>Compares the accounts with the statement that a journal has last: for who booked more in them than the journal had when it was read.</summary>
    /// <exception cref="InvalidOperationException">The sum or the root is another.</exception>
    public void CompareWithNewest(JournalPlace place)
    {
        using var buffers = new JournalBufferPool(BufferBytesMax);
        (IJournalStore journal, IDisposable? withJournal) = place.Open(buffers);
        using IDisposable? after = withJournal;
        using IJournalStore open = journal;
        journal.Replay(LedgerStreams.Root(LedgerInProcess.Parameters.Ledger), 0, ulong.MaxValue, this);
        Compare();
    }

    bool IBlockSink.OnBlock(JournalBlock block)
    {
        ReadOnlySpan<byte> body = block.Body.Span;
        switch (block.Key.Kind)
        {
            case LedgerStreams.SealedBlock:
                AddWindow(body);
                break;
            case LedgerStreams.PulseBlock:
                PulseBlock.TryRead(body, out _lastPulse);
                break;
            default:
                break;
        }

        block.Body.Release();
        return true;
    }

    private static uint BranchCount => 1u << LedgerInProcess.Parameters.Bands.DepthBits;

    private void AddWindow(ReadOnlySpan<byte> block)
    {
        if (!WindowBlock.TryRead(block, out WindowBlock window))
        {
            throw new InvalidOperationException("A sealed block is no window.");
        }

        uint place = 0;
        ReadOnlySpan<byte> rest = block[WindowBlock.SizeBytes..];
        for (uint i = 0; i < window.Frames; i++)
        {
            var frame = new TransferFrame(rest);
            place += Add(frame, window, place);
            rest = rest[frame.LengthBytes..];
        }

        Transfers += place;
    }

    /// <summary>Adds a frame, and gives how many transfers it is.</summary>
    private uint Add(TransferFrame frame, in WindowBlock window, uint place)
    {
        ref readonly TransferBody body = ref frame.Body;
        ulong amount = body.Amount.Units;
        if (FrameLayout.IsIssuance(body.Kind))
        {
            Issued = checked(Issued + amount);
            amount = 0;
        }

        Account(body.Sender).Spend(amount, body.Nonce);
        if (!FrameLayout.IsBundle(body.Kind))
        {
            Account(body.Receiver).Receive(body.Amount.Units, window, place);
            return 1;
        }

        uint items = 0;
        foreach (BundleItem item in frame.Items)
        {
            Account(item.Receiver).Receive(item.Amount.Units, window, place + items++);
        }

        return items;
    }

    private void Compare()
    {
        RootStatement signed = _lastPulse?.Statement.Statement ?? throw new InvalidOperationException("The journal has no pulse.");
        Synopsis plain = Root();
        ulong sum = 0;
        foreach (PlainAccount account in _accounts.Values)
        {
            sum = checked(sum + account.Balance);
        }

        if (sum != Issued || plain.Sum != sum || signed.Sum.Units != sum || signed.Root != plain.Digest)
        {
            throw new InvalidOperationException(
                $"The frames in the journal make {plain} of {sum} units, {Issued} issued; signed were {signed.Root} and {signed.Sum}.");
        }
    }

    private unsafe Synopsis Root()
    {
        LedgerParameters parameters = LedgerInProcess.Parameters;
        AccountId organization = parameters.Ledger.OrganizationAccount;
        AccountRecord[] records =
        [
            .. _accounts.OrderBy(pair => pair.Key)
                .Select(pair => pair.Value.Record(pair.Key == organization ? RecordFlags.System : RecordFlags.None)),
        ];
        int depth = parameters.Bands.DepthBits;
        var trunk = new TrunkTree(0, depth, parameters.Translucency);
        int start = 0;
        fixed (AccountRecord* first = records)
        {
            for (uint branch = 0; branch < BranchCount; branch++)
            {
                int end = start;
                while (end < records.Length && records[end].Id.Prefix(depth) == branch)
                {
                    end++;
                }

                using BranchTree tree = BranchTree.FromSortedRecords(depth, branch, parameters.Translucency, first + start, end - start);
                trunk.Set((int)branch, tree.Update());
                start = end;
            }
        }

        return trunk.Update();
    }
}
