using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>What the tests do with trees, in terms of plain accounts.</summary>
internal static unsafe class BranchTreeDriver
{
    /// <summary>Gives the account these contents, opening it if it is not there.</summary>
    public static void Put(this BranchTree tree, PlainAccount account)
    {
        AccountId id = account.Record.Id;
        AccountRecord* record = tree.FindOrOpen(id, out _);
        AccountRecord contents = account.Record;
        contents.Flags = (contents.Flags & ~RecordFlags.HasDataRoot) | (record->Flags & RecordFlags.HasDataRoot);
        *record = contents;
        if (account.DataRoot is { } root)
        {
            tree.SetDataRoot(id, root);
        }
        else
        {
            tree.ClearDataRoot(id);
        }
    }

    public static BranchTree BulkLoad(TreeCase tree, IEnumerable<PlainAccount> accounts)
    {
        PlainAccount[] sorted = [.. accounts.OrderBy(account => account.Record.Id)];
        AccountRecord[] records = [.. sorted.Select(account => account.Record)];
        fixed (AccountRecord* first = records)
        {
            BranchTree loaded = BranchTree.FromSortedRecords(tree.DepthBits, tree.Index, tree.Translucency, first, records.Length);
            foreach (PlainAccount account in sorted)
            {
                if (account.DataRoot is { } root)
                {
                    loaded.SetDataRoot(account.Record.Id, root);
                }
            }

            return loaded;
        }
    }

    /// <summary>All records, fetched in chunks of the given size.</summary>
    public static List<AccountRecord> Records(this BranchTree tree, int chunk)
    {
        var records = new List<AccountRecord>();
        AccountRecord[] buffer = new AccountRecord[chunk];
        AccountId? after = null;
        while (true)
        {
            fixed (AccountRecord* memory = buffer)
            {
                int copied = (int)tree.CopyRecords(after, memory, chunk);
                records.AddRange(buffer.AsSpan(0, copied));
                if (copied < chunk)
                {
                    return records;
                }
            }

            after = records[^1].Id;
        }
    }

    public static bool SameBytes(this AccountRecord left, AccountRecord right) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<AccountRecord>(in left))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<AccountRecord>(in right)));
}
