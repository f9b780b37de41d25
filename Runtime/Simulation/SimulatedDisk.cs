using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Runtime.Simulation;

/// <summary>What a disk is about to do; told to <see cref="SimulatedDisk.BeforeOperation"/> and its counterpart.</summary>
public enum DiskOperation
{
    Open = 0,
    Read = 1,
    Write = 2,
    Sync = 3,
    Truncate = 4,
    Delete = 5,
    Rename = 6,
    SyncDirectory = 7,
}

/// <summary>
/// A disk in memory that outlives its node and behaves as badly as real ones may. Content is durable after a sync, names after
/// a sync of the directory. A power loss keeps any part of the rest, sector by sector; of the changes of names a prefix.
/// Deterministic under the seed. Not thread-safe.
/// </summary>
public sealed partial class SimulatedDisk : IDisk
{
    private readonly SimulatedChance _chance;
    private readonly List<Action<Dictionary<string, SimulatedFile>>> _unsyncedNames = [];
    private Dictionary<string, SimulatedFile> _files = new(StringComparer.Ordinal);
    private Dictionary<string, SimulatedFile> _durableFiles = new(StringComparer.Ordinal);
    private int _mount;

    public SimulatedDisk(SimulatedChance chance, long capacityBytes = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(chance);
        _chance = chance;
        CapacityBytes = capacityBytes;
    }

    /// <summary>Room for all files together. May be changed at any time.</summary>
    public long CapacityBytes { get; set; }

    /// <summary>While true nothing new finds room; what was preallocated does.</summary>
    public bool IsFull { get; set; }

    /// <summary>That many of the next reads throw <see cref="DiskFailedException"/>.</summary>
    public int ReadsToFail { get; set; }

    /// <summary>That many of the next writes throw <see cref="DiskFailedException"/>, having written a part.</summary>
    public int WritesToFail { get; set; }

    /// <summary>That many of the next syncs throw <see cref="DiskFailedException"/>; part of what was to be synced is lost for good.</summary>
    public int SyncsToFail { get; set; }

    /// <summary>How many times longer than usual the disk takes, at least 1. Only drivers in virtual time heed it.</summary>
    public int SlowFactor { get; set; } = 1;

    /// <summary>Called before every operation with the file's name. May throw to end the node there.</summary>
    public Action<DiskOperation, string>? BeforeOperation { get; set; }

    /// <summary>Called after every operation. May throw to end the node there.</summary>
    public Action<DiskOperation, string>? AfterOperation { get; set; }

    /// <summary>Called when one of the faults above met an operation.</summary>
    public Action<string, DiskOperation, string>? OnFault { get; set; }

    /// <summary>While true every operation fails: the process that had it is no more.</summary>
    internal bool IsOutOfReach { get; set; }

    public long FreeBytes => IsFull ? 0 : Math.Max(0, CapacityBytes - UsedBytes);

    private long UsedBytes
    {
        get
        {
            long used = 0;
            foreach (SimulatedFile file in _files.Values)
            {
                used += file.Allocated;
            }

            return used;
        }
    }

    public bool Exists(string name) => _files.ContainsKey(name);

    public string[] List()
    {
        string[] names = [.. _files.Keys];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public IDiskFile Open(string name, DiskOpen mode, long preallocateBytes = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Before(DiskOperation.Open, name);
        bool found = _files.TryGetValue(name, out SimulatedFile? file);
        if (found == (mode == DiskOpen.CreateNew))
        {
            throw new DiskFailedException(found ? $"There is a file {name} already" : $"There is no file {name}");
        }

        if (file is null)
        {
            file = new SimulatedFile();
            Reserve(DiskOperation.Open, name, file, preallocateBytes);
            file.SetLength(preallocateBytes);
            SimulatedFile created = file;
            ChangeNames(names => names[name] = created);
        }

        After(DiskOperation.Open, name);
        return new Handle(this, name, file, mode == DiskOpen.ReadOnly);
    }

    public void Delete(string name)
    {
        Before(DiskOperation.Delete, name);
        if (_files.ContainsKey(name))
        {
            ChangeNames(names => names.Remove(name));
        }

        After(DiskOperation.Delete, name);
    }

    public void Rename(string from, string to)
    {
        Before(DiskOperation.Rename, from);
        if (!_files.ContainsKey(from))
        {
            throw new DiskFailedException($"There is no file {from}");
        }

        ChangeNames(names =>
        {
            if (names.Remove(from, out SimulatedFile? file))
            {
                names[to] = file;
            }
        });
        After(DiskOperation.Rename, from);
    }

    public void SyncDirectory()
    {
        Before(DiskOperation.SyncDirectory, "");
        if (SyncsToFail > 0)
        {
            SyncsToFail--;
            Fail("sync failed", DiskOperation.SyncDirectory, "");
        }

        foreach (Action<Dictionary<string, SimulatedFile>> change in _unsyncedNames)
        {
            change(_durableFiles);
        }

        _unsyncedNames.Clear();
        After(DiskOperation.SyncDirectory, "");
    }

    /// <summary>
    /// The power goes: what was not synced survives in part. Open files become useless. The disk can be used again at once.
    /// </summary>
    public void LosePower()
    {
        DropHandles();
        int surviving = (int)_chance.Next((ulong)_unsyncedNames.Count + 1);
        for (int i = 0; i < surviving; i++)
        {
            _unsyncedNames[i](_durableFiles);
        }

        _unsyncedNames.Clear();
        _files = new Dictionary<string, SimulatedFile>(_durableFiles, StringComparer.Ordinal);
        foreach (string name in List())
        {
            _files[name].LosePower(_chance);
        }
    }

    /// <summary>The process goes, the machine stays: nothing written is lost, open files become useless.</summary>
    public void DropHandles() => _mount++;

    /// <summary>Inverts one bit of what is stored. Throws when the file is absent or shorter.</summary>
    public void FlipBit(string name, long offset, int bit)
    {
        SimulatedFile file = _files[name];
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, file.Length);
        file.FlipBit(offset, bit & 7);
    }

    /// <summary>The file's length now.</summary>
    public long LengthOf(string name) => _files[name].Length;

    private void ChangeNames(Action<Dictionary<string, SimulatedFile>> change)
    {
        change(_files);
        _unsyncedNames.Add(change);
    }

    private void Reserve(DiskOperation operation, string name, SimulatedFile file, long length)
    {
        if (length > file.Allocated && length - file.Allocated > FreeBytes)
        {
            OnFault?.Invoke("disk full", operation, name);
            throw new DiskFullException($"No room for {name}");
        }
    }

    private void Before(DiskOperation operation, string name)
    {
        if (IsOutOfReach)
        {
            throw new DiskFailedException($"The node that used {name} has gone down");
        }

        BeforeOperation?.Invoke(operation, name);
    }

    private void After(DiskOperation operation, string name) => AfterOperation?.Invoke(operation, name);

    private void Fail(string fault, DiskOperation operation, string name)
    {
        OnFault?.Invoke(fault, operation, name);
        throw new DiskFailedException($"{fault}: {name}");
    }
}
