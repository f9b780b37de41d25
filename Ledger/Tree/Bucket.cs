using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// One bucket of a page: empty, or a run of 1 to <see cref="RunMax"/> records that lie one behind the other in ascending
/// order of ids, or, when more ids share the bucket's prefix, a subtree of its own. Contents hold an address whose low six
/// bits, free as everything is aligned to 64 bytes, are the length of the run; 0 there and an address is a subtree.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct Bucket
{
    public const int SizeBytes = 16;

    /// <summary>
    /// The longest run. A bucket holds 1 to 3 records as a rule, and random ids practically never reach this bound.
    /// </summary>
    public const int RunMax = 24;

    private const ulong CountMask = 63;

    public ulong Contents;

    /// <summary>The sum of the balances in it as of the last update.</summary>
    public ulong Sum;

    /// <summary>The length of the run; 0 when empty or a subtree.</summary>
    public readonly int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(Contents & CountMask);
    }

    public readonly AccountRecord* Run
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (AccountRecord*)(Contents & ~CountMask);
    }

    public readonly bool IsSubtree
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Contents != 0 && (Contents & CountMask) == 0;
    }

    public readonly Subtree* Subtree
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Subtree*)Contents;
    }

    public void SetRun(AccountRecord* run, int count) => Contents = count == 0 ? 0 : (ulong)run | (uint)count;

    public void SetSubtree(Subtree* subtree) => Contents = (ulong)subtree;
}
