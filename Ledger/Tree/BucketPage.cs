using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// 64 buckets that divide the ids under one prefix by their next six bits, with the digests of the tree above them.
/// </summary>
/// <remarks>
/// <code>
/// at    bytes  what
/// 0     8      which buckets are subtrees
/// 8     4      records in runs
/// 64    4032   digest of node i at 32 * i, i = 2 .. 127: the children of node i are 2i and 2i + 1, and nodes 64 .. 127 are
///              the buckets. So the children's two digests are the cache line at 64 * i, which is the message of node i.
///              Node 1 is the page itself and lies in the digests of its subtree.
/// 4096  1024   the buckets
/// </code>
/// The digest of a node without records is undefined. A node with one child that has records has that child's digest: passed
/// through, which makes exactly the path-compressed tree of docs/PROTOCOL.md, section 2.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal unsafe struct BucketPage
{
    public const int SizeBytes = 5120;
    public const int BucketBits = 6;
    public const int Buckets = 1 << BucketBits;
    public const int DigestBytes = 32;

    private const int BucketsAt = 4096;

    [FieldOffset(0)]
    public ulong Subtrees;

    [FieldOffset(8)]
    public int Records;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bucket* BucketAt(BucketPage* page, int bucket) => (Bucket*)((byte*)page + BucketsAt) + bucket;

    /// <summary>Where the digest of a node, 2 to 127, is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* DigestAt(BucketPage* page, int node) => (byte*)page + (node * DigestBytes);

    /// <summary>The 64 bytes of the two children's digests of a node, 1 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* PairAt(BucketPage* page, int node) => (byte*)page + (node * (2 * DigestBytes));

    /// <summary>The buckets under a node, 1 to 127, as bits.</summary>
    public static ulong BucketsUnder(int node)
    {
        int width = Buckets >> BitOperations.Log2((uint)node);
        return (ulong.MaxValue >> (Buckets - width)) << ((node * width) - Buckets);
    }

    /// <summary>The sum of the buckets under a node, 1 to 127, as of the last update.</summary>
    public static ulong SumUnder(BucketPage* page, int node)
    {
        int width = Buckets >> BitOperations.Log2((uint)node);
        ulong sum = 0;
        for (int bucket = (node * width) - Buckets; width > 0; bucket++, width--)
        {
            sum = checked(sum + BucketAt(page, bucket)->Sum);
        }

        return sum;
    }

    /// <summary>Makes memory of unknown contents a page of empty buckets.</summary>
    public static void Clear(BucketPage* page)
    {
        page->Subtrees = 0;
        page->Records = 0;
        NativeMemory.Clear((byte*)page + BucketsAt, Buckets * Bucket.SizeBytes);
    }
}
