using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Sharding;

namespace LeitherCluster.Actors.Gateway;

/// <content>Proofs and receipts: the chief gives the way through the trunks, a branch the rest.</content>
public sealed partial class LedgerGateway
{
    public async Task<AccountAnswer?> ReadAccountAsync(AccountId id, TimeSequence? asOf, CancellationToken cancel)
    {
        PulseRead read = await Ask<PulseRead>(Actors.Chief, new ReadPulse(asOf), cancel).ConfigureAwait(false);
        return read.Pulse is null ? null : await ReadAccountAsync(id, read, cancel).ConfigureAwait(false);
    }

    public async Task<Receipt?> MakeReceiptAsync(Hash256 id, AccountId? sender, AccountId party, CancellationToken cancel)
    {
        TransferPlace? place = await FindLeafAsync(id, sender, cancel).ConfigureAwait(false);
        if (place is null)
        {
            return null;
        }

        PulseRead read = await Ask<PulseRead>(Actors.Chief, new ReadPulse(place.Sequence), cancel).ConfigureAwait(false);
        var question = new ShardEnvelope<uint>(place.Branch, new ReadBranchTransfer(place.Beat, place.Place));
        BranchTransfer transfer = await Ask<BranchTransfer>(Actors.Branches, question, cancel).ConfigureAwait(false);
        if (read.Pulse is null || transfer.Evidence is null)
        {
            return null;
        }

        AccountAnswer? account = await ReadAccountAsync(party, read, cancel).ConfigureAwait(false);
        if (account is null)
        {
            return null;
        }

        // Who was only promised something may have no account yet: the receipt shows nobody's then.
        AccountProof? proof = account.Proof.IsInclusion ? account.Proof : null;
        return new Receipt(account.Statement, proof, transfer.Evidence, PathToRoot(transfer.Path!, read.Pulse));
    }

    private async Task<AccountAnswer?> ReadAccountAsync(AccountId id, PulseRead read, CancellationToken cancel)
    {
        var above = new TreePath();
        int branch = TableOf(read.All).Lead(id, above);
        Ledger.Statements.SignedStatement statement = read.Pulse!.Statement;
        if (branch < 0)
        {
            return new AccountAnswer(null, [], AccountProof.OfEmptyTree(id), statement);
        }

        var question = new ReadBranchAccount(id, statement.Statement.Beat, statement.Statement.TimeSequence, above);
        BranchAccount answer = await Ask<BranchAccount>(Actors.Branches, new ShardEnvelope<uint>((uint)branch, question), cancel).ConfigureAwait(false);

        // What compaction left of an old state may be part of it: it does not lead to the root that was signed, and is as good as gone.
        var root = new StatedRoot(statement.Statement.Root, statement.Statement.Sum.Units, (int)statement.Statement.Translucency);
        return answer.Proof is not null && ProofVerifier.Verify(answer.Proof, root) == ProofVerdict.Valid
            ? new AccountAnswer((answer.Proof.Leaf as IncludedLeaf)?.Record, answer.Holds, answer.Proof, statement)
            : null;
    }

    private TrunkTree TableOf(BranchEntry[] entries)
    {
        int depth = Parameters.Bands.DepthBits;
        var place = new TrunkPlace(0, 0, 0, depth, depth, Parameters.Translucency);
        return place.TreeOf(entries);
    }

    private unsafe WindowPath PathToRoot(WindowPath path, PulseBlock pulse)
    {
        int depth = Parameters.Bands.DepthBits;
        var roots = new Hash256[1 << depth];
        foreach (BranchEntry entry in pulse.Entries)
        {
            roots[entry.Branch] = entry.WindowsRoot;
        }

        fixed (Hash256* start = roots)
        {
            return WindowsTree.TrunkPath(path, start, depth, 0);
        }
    }
}
