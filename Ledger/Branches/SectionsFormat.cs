using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <summary>
/// The credits of one beat from the branches of one node to those of another, as they travel, docs/PROTOCOL.md section 17. Of each source that has any,
/// ascending: source(4) | number of targets(4) | hash of the source's sealed block(32) | secret(32) | of each target, ascending: target(4) | number of entries(4) |
/// then the entries(32 each) of all targets, in their order.
/// </summary>
public static class SectionsFormat
{
    private const int SourceBytes = 72;
    private const int HashOffset = 8;
    private const int SecretOffset = 40;
    private const int TargetBytes = 8;

    /// <summary>The sections of some windows that go to certain targets.</summary>
    /// <param name="windows">sealed in one beat, each source at most once</param>
    /// <param name="isTarget">which branches live at the receiver</param>
    /// <returns>Empty when nothing goes there.</returns>
    public static byte[] Write(IEnumerable<SealedWindow> windows, Predicate<uint> isTarget)
    {
        (SealedWindow Window, SectionRun[] Runs)[] sources =
        [
            .. windows.OrderBy(static window => window.Branch)
                .Select(window => (window, MemoryMarshal.ToEnumerable(window.Runs).Where(run => isTarget(run.Target)).ToArray()))
                .Where(static source => source.Item2.Length != 0),
        ];
        byte[] bytes = new byte[sources.Sum(static source => SourceBytes + (source.Runs.Length * TargetBytes) + (source.Runs.Sum(static run => run.Count) * CreditEntry.SizeBytes))];
        Span<byte> rest = bytes;
        foreach ((SealedWindow window, SectionRun[] runs) in sources)
        {
            MemoryMarshal.Write(rest, window.Branch);
            MemoryMarshal.Write(rest[4..], runs.Length);
            window.BlockHash.CopyTo(rest[HashOffset..]);
            window.Secret.CopyTo(rest[SecretOffset..]);
            rest = rest[SourceBytes..];
            foreach (SectionRun run in runs)
            {
                MemoryMarshal.Write(rest, run.Target);
                MemoryMarshal.Write(rest[4..], run.Count);
                rest = rest[TargetBytes..];
            }

            foreach (SectionRun run in runs)
            {
                ReadOnlySpan<byte> entries = MemoryMarshal.AsBytes(window.Credits.Span.Slice(run.Start, run.Count));
                entries.CopyTo(rest);
                rest = rest[entries.Length..];
            }
        }

        return bytes;
    }

    /// <summary>Reads them back, as the parts of the sources' windows that concern the receiver.</summary>
    /// <returns>False when the bytes are not whole, or not in order.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, BeatNumber beat, [NotNullWhen(true)] out IReadOnlyList<SealedWindow>? windows)
    {
        windows = null;
        var found = new List<SealedWindow>();
        while (!bytes.IsEmpty)
        {
            if (!TryReadSource(ref bytes, beat, out SealedWindow? window) || (found.Count != 0 && window.Branch <= found[^1].Branch))
            {
                return false;
            }

            found.Add(window);
        }

        windows = found;
        return true;
    }

    private static bool TryReadSource(ref ReadOnlySpan<byte> rest, BeatNumber beat, [NotNullWhen(true)] out SealedWindow? window)
    {
        window = null;
        if (rest.Length < SourceBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> head = rest[..SourceBytes];
        uint targets = MemoryMarshal.Read<uint>(head[4..]);
        rest = rest[SourceBytes..];
        if (targets == 0 || targets > (uint)(rest.Length / TargetBytes) || !TryReadRuns(rest[..((int)targets * TargetBytes)], out SectionRun[]? runs))
        {
            return false;
        }

        rest = rest[((int)targets * TargetBytes)..];
        long entries = (long)runs[^1].Start + runs[^1].Count;
        if (entries > rest.Length / CreditEntry.SizeBytes)
        {
            return false;
        }

        int length = (int)entries * CreditEntry.SizeBytes;
        window = new SealedWindow
        {
            Branch = MemoryMarshal.Read<uint>(head),
            Beat = beat,
            BlockHash = MemoryMarshal.Read<Hash256>(head[HashOffset..]),
            Secret = MemoryMarshal.Read<Hash256>(head[SecretOffset..]),
            Credits = MemoryMarshal.Cast<byte, CreditEntry>(rest[..length]).ToArray(),
            Runs = runs,
        };
        rest = rest[length..];
        return true;
    }

    private static bool TryReadRuns(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SectionRun[]? runs)
    {
        runs = new SectionRun[bytes.Length / TargetBytes];
        long start = 0;
        for (int i = 0; i < runs.Length; i++)
        {
            uint target = MemoryMarshal.Read<uint>(bytes[(i * TargetBytes)..]);
            uint count = MemoryMarshal.Read<uint>(bytes[((i * TargetBytes) + 4)..]);
            if (count == 0 || start + count > int.MaxValue || (i != 0 && target <= runs[i - 1].Target))
            {
                runs = null;
                return false;
            }

            runs[i] = new SectionRun(target, (int)start, (int)count);
            start += count;
        }

        return true;
    }
}
