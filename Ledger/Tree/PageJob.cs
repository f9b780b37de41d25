using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Tree;

/// <summary>A changed page while it is rehashed: which nodes of the level at hand are to be made anew, and which exist.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PageJob
{
    public PageJob(Subtree* tree, int slot)
    {
        Page = tree->PageAt(slot);
        Slot = slot;
        Dirty = tree->DirtyBuckets[slot];
        Occupied = tree->OccupiedBuckets[slot];
        DirtyRuns = tree->PagesWithSubtrees == 0 ? Dirty : Dirty & ~Page->Subtrees;
    }

    public BucketPage* Page;

    public int Slot;

    public ulong Dirty;

    public ulong Occupied;

    /// <summary>The changed buckets that are no subtrees.</summary>
    public ulong DirtyRuns;
}
