using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Actors;

/// <summary>One ledger on one node: what it is, and the bounds of what it may take.</summary>
public sealed record LedgerOptions
{
    /// <summary>What the organization fixed for its ledger.</summary>
    public required LedgerParameters Parameters { get; init; }

    /// <summary>The bookkeeper of this node: keeps root and branches while the committee is one.</summary>
    public required PrivateKey Bookkeeper { get; init; }

    /// <summary>Those whose signatures make a statement valid.</summary>
    public required Committee Committee { get; init; }

    /// <summary>Where the ids of sealed transfers are looked up.</summary>
    public required ISealedIndex Places { get; init; }

    /// <summary>This node's name.</summary>
    public string Node { get; init; } = "local";

    /// <summary>Time between beats: 1 s by default, 50 ms at the least.</summary>
    public TimeSpan PulseCycle { get; init; } = Pulses.PulseClockOptions.CycleDefault;

    /// <summary>Ingress actors, each with a thread of its own: on so many processors signatures are verified at a time. 2 by default; one takes some 20 MB.</summary>
    public int IngressCount { get; init; } = 2;

    /// <summary>Memory of one ingress for verifying signatures.</summary>
    public SignatureRoom Signatures { get; init; } = SignatureRoom.Default;

    /// <summary>Batches that wait in one ingress at the most; beyond it a batch is refused. 256 by default.</summary>
    public int BatchesWaitingMax { get; init; } = 256;

    /// <summary>A branch takes a snapshot after so many pulses that touched it. 64 by default.</summary>
    public int PulsesPerSnapshot { get; init; } = 64;

    /// <summary>The root's state is stored, and the journal compacted, after so many pulses that changed something. 64 by default.</summary>
    public int PulsesPerCompaction { get; init; } = 64;

    /// <summary>States as of so many newest pulses can be asked for; what only older ones need is compacted away. 86,400 by default: a day of busy seconds.</summary>
    public ulong PulsesRetained { get; init; } = 86_400;

    /// <summary>Bytes that the undo logs of all branches may take: states as of the last 64 pulses come from there. 256 MiB by default.</summary>
    public long UndoBytesMax { get; init; } = 256L << 20;

    /// <summary>Transfers in one window of one branch at the most. 64 Ki by default.</summary>
    public int WindowFramesMax { get; init; } = 1 << 16;

    /// <summary>Bytes of one window of one branch at the most. 16 MiB by default.</summary>
    public int WindowBytesMax { get; init; } = 16 << 20;
}
