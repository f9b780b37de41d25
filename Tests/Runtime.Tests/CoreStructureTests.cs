using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Core;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Runtime;

/// <summary>The engine's own data structures against plain oracles.</summary>
public sealed class CoreStructureTests
{
    private sealed class Entry : Scheduled
    {
        public override void Fire()
        {
        }
    }

    [Fact]
    public void ScheduledHeap_AnyAddsAndRemovals_GivesTheRestInOrder()
        => Prop.ForAll<(byte Due, bool Cancel)[]>(plan =>
        {
            ScheduledHeap heap = new();
            List<Entry> kept = [];
            List<Entry> cancelled = [];
            foreach ((byte due, bool cancel) in plan)
            {
                Entry entry = new() { DueTicks = due, Order = (ulong)(kept.Count + cancelled.Count) };
                heap.Add(entry);
                (cancel ? cancelled : kept).Add(entry);
            }

            cancelled.ForEach(heap.Remove);
            cancelled.ForEach(heap.Remove);
            List<Entry> drained = [];
            while (heap.First is Entry first)
            {
                drained.Add(first);
                heap.Remove(first);
            }

            return drained.SequenceEqual(kept.OrderBy(e => e.DueTicks).ThenBy(e => e.Order)) && heap.Count == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void EnvelopeDeque_AnyOperations_LikeALinkedList()
        => Prop.ForAll<byte[]>(plan =>
        {
            EnvelopeDeque deque = new();
            LinkedList<object> oracle = [];
            foreach (byte step in plan)
            {
                switch (step % 5)
                {
                    case 0 or 1:
                        object last = new();
                        deque.AddLast(new Envelope(last, null));
                        oracle.AddLast(last);
                        break;
                    case 2:
                        object first = new();
                        deque.AddFirst(new Envelope(first, null));
                        oracle.AddFirst(first);
                        break;
                    case 3:
                        if (deque.TryTakeFirst(out Envelope head) != (oracle.Count > 0) || !ReferenceEquals(head.Message, oracle.First?.Value))
                        {
                            return false;
                        }

                        if (oracle.Count > 0)
                        {
                            oracle.RemoveFirst();
                        }

                        break;
                    default:
                        if (deque.TryTakeLast(out Envelope tail) != (oracle.Count > 0) || !ReferenceEquals(tail.Message, oracle.Last?.Value))
                        {
                            return false;
                        }

                        if (oracle.Count > 0)
                        {
                            oracle.RemoveLast();
                        }

                        break;
                }
            }

            return deque.Count == oracle.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void SparseBytes_AnyWritesAndClears_LikeAnArray()
        => Prop.ForAll<(ushort Offset, ushort Length, byte Value)[]>(plan =>
        {
            SparseBytes sparse = new();
            byte[] oracle = new byte[1 << 18];
            foreach ((ushort offset, ushort length, byte value) in plan)
            {
                if (value % 3 == 0)
                {
                    sparse.Clear(offset, length);
                    oracle.AsSpan(offset, length).Clear();
                }
                else
                {
                    byte[] bytes = [.. Enumerable.Repeat(value, length)];
                    sparse.Write(offset, bytes);
                    bytes.CopyTo(oracle, offset);
                }
            }

            byte[] read = new byte[oracle.Length];
            sparse.Read(0, read);
            return read.AsSpan().SequenceEqual(oracle);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void SectorSet_AnyAdds_WalksThemAscendingOnce()
        => Prop.ForAll<ushort[]>(sectors =>
        {
            SectorSet set = new();
            foreach (ushort sector in sectors)
            {
                set.Add(sector);
            }

            bool same = set.Ascending().SequenceEqual(sectors.Select(s => (long)s).Distinct().Order()) && set.Count == sectors.Distinct().Count();
            set.Clear();
            return same && set.Count == 0 && !set.Ascending().Any();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ActorPath_AnyValidNames_RoundTrip()
        => Prop.ForAll<NonEmptyArray<NonEmptyString>>(names =>
        {
            string[] valid = [.. names.Get.Select(n => string.Concat(n.Get.Where(c => c != '/' && !char.IsControl(c))) + "x")];
            ActorPath path = valid.Skip(1).Aggregate(ActorPath.Root(valid[0]), (p, n) => p.Child(n));
            return ActorPath.Parse(path.ToString()).Equals(path);
        }).QuickCheckThrowOnFailure();
}
