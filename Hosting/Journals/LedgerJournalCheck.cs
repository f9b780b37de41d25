using LeitherCluster.Actors;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals;

/// <summary>
/// Checks what a ledger's journal says, block by block as an inspection shows it: every branch's chain and certificates, every transfer's
/// signatures, the windows trees, the chain of root statements with their signatures, and that each names the blocks that are there and
/// a supply that follows. (Checksums and lengths are the inspection's own business.)
/// </summary>
/// <remarks>
/// Of a stream whose beginning was compacted away the first block that is left is where its chain begins. Signatures of transfers can be left
/// out: they are most of the work.
/// </remarks>
internal sealed class LedgerJournalCheck(LedgerParameters parameters, Trust trust, bool checksTransfers) : IJournalVisitor
{
    private readonly FrameCheckRun? _frames = checksTransfers ? new FrameCheckRun(parameters) : null;
    private readonly Dictionary<uint, Hash256> _lastBlockOf = [];
    private readonly Dictionary<(uint Branch, ulong Beat), WindowBlock> _sealed = [];
    private RootStatement? _last;

    /// <summary>Windows that were checked.</summary>
    public long WindowCount { get; private set; }

    /// <summary>Transfers that were checked, items of bundles one by one.</summary>
    public long TransferCount { get; private set; }

    /// <summary>Pulses that were checked.</summary>
    public long PulseCount { get; private set; }

    /// <summary>The last statement; null when there is none.</summary>
    public RootStatement? LastStatement => _last;

    public void OnGroup(InspectedGroup group)
    {
    }

    public void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body)
    {
    }

    public void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body)
    {
        switch (block.Key.Kind)
        {
            case LedgerStreams.SealedBlock:
                CheckWindow(block, body);
                break;
            case LedgerStreams.PulseBlock:
                CheckPulse(block, body);
                break;
        }
    }

    private void CheckWindow(InspectedBlock block, ReadOnlySpan<byte> body)
    {
        Require(WindowBlock.TryRead(body, out WindowBlock header), block, "the window's header does not add up");
        Require(header.Ledger == trust.Ledger, block, "the window is another ledger's");
        Require(header.Branch == block.Key.Stream.Index && header.Beat.Value == block.Key.Beat, block, "the window is another branch's or beat's");
        Hash256 hash = WindowBlock.HashOf(body);
        ReadOnlySpan<byte> certificate = body[^WindowBlock.CertificateBytes..];
        var bookkeeper = new PublicKey(certificate[..PublicKey.ByteLength]);
        Require(trust.Committee.IndexOf(bookkeeper) >= 0, block, "the window is certified by someone who is not of the committee");
        var signature = new Signature(certificate[PublicKey.ByteLength..]);
        if (!Ed25519.Verify(bookkeeper, hash.AsSpan(), signature))
        {
            // What it takes to judge it anew with any other implementation.
            throw Corrupt(block, $"the window's certificate is wrong: {bookkeeper} did not sign {hash} with {signature}");
        }

        bool hasPrevious = _lastBlockOf.TryGetValue(header.Branch, out Hash256 previous);
        Require(!hasPrevious || header.Previous == previous, block, "the window does not follow the branch's last one");
        if (_frames?.Check(body[WindowBlock.SizeBytes..^WindowBlock.CertificateBytes], header) is { } problem)
        {
            throw Corrupt(block, problem);
        }

        _lastBlockOf[header.Branch] = hash;
        _sealed[(header.Branch, header.Beat.Value)] = header;
        WindowCount++;
        TransferCount += header.Leaves;
    }

    private void CheckPulse(InspectedBlock block, ReadOnlySpan<byte> body)
    {
        Require(PulseBlock.TryRead(body, out PulseBlock? pulse), block, "the pulse does not add up");
        RootStatement statement = pulse!.Statement.Statement;
        Require(statement.Ledger == trust.Ledger, block, "the statement is another ledger's");
        Require(statement.Parameters == parameters.Digest(), block, "the statement names other parameters than the ledger's file");
        StatementVerdict verdict = pulse.Statement.Verify(trust.Committee);
        Require(verdict == StatementVerdict.Valid, block, $"the statement's signatures do not hold: {verdict}");
        CheckChain(block, statement, pulse.Entries);
        Require(statement.Windows == WindowsRootOf(block, statement.Beat, pulse.Entries), block, "the statement's windows root is not that of its windows");
        _last = statement;
        _sealed.Clear();
        PulseCount++;
    }

    private void CheckChain(InspectedBlock block, in RootStatement statement, IReadOnlyList<BranchEntry> entries)
    {
        if (_last is not { } last)
        {
            return;
        }

        Require(statement.TimeSequence == last.TimeSequence.Next() && statement.Previous == last.Digest(), block, "the statement does not follow the last one");
        Require(statement.Beat > last.Beat && statement.Timestamp >= last.Timestamp, block, "the statement's beat or time goes back");
        UInt128 issued = 0;
        foreach (BranchEntry entry in entries)
        {
            issued += entry.Issued;
        }

        Require(statement.Sum.Units == last.Sum.Units + issued, block, "the supply is not the last one and what was issued");
    }

    private unsafe Hash256 WindowsRootOf(InspectedBlock block, BeatNumber beat, IReadOnlyList<BranchEntry> entries)
    {
        int depthBits = parameters.Bands.DepthBits;
        var roots = new Hash256[1 << depthBits];
        foreach (BranchEntry entry in entries)
        {
            Require(entry.Branch < (uint)roots.Length, block, $"there is no branch {entry.Branch}");
            bool wasSealed = _sealed.TryGetValue((entry.Branch, beat.Value), out WindowBlock window);
            Require(entry.Leaves == (wasSealed ? window.Leaves : 0), block, $"branch {entry.Branch} sealed another number of transfers");
            Require(!_lastBlockOf.TryGetValue(entry.Branch, out Hash256 last) || last == entry.BlockHash, block, $"the pulse names another window of branch {entry.Branch}");
            Require(entry.WindowsRoot == (wasSealed ? window.WindowsRoot : Hash256.Zero), block, $"the pulse names another windows root of branch {entry.Branch}");
            roots[entry.Branch] = entry.WindowsRoot;
        }

        fixed (Hash256* children = roots)
        {
            return WindowsTree.TrunkRoot(children, depthBits);
        }
    }

    private static void Require(bool holds, InspectedBlock block, string otherwise)
    {
        if (!holds)
        {
            throw Corrupt(block, otherwise);
        }
    }

    private static JournalCorruptException Corrupt(InspectedBlock block, string what) => new(block.File, block.Offset, what);
}
