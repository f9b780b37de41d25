using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Persistence.Sealed;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation;

/// <summary>What a seed draws for its ledger: shape, sizes and times.</summary>
internal sealed record Scenario
{
    /// <summary>Little: what does not fit any more is met in every run, and starting a node costs little.</summary>
    public static readonly SignatureRoom Signatures = new() { TogetherMax = 16, KeysMax = 16, StandingsMax = 16 };

    private static readonly TreeBands[] BandsByChance = [Bands(1), Bands(2), Bands(3), Bands(1, 1), Bands(1, 2), Bands(2, 1), Bands(1, 1, 1)];

    public required ulong Seed { get; init; }

    public required LedgerParameters Parameters { get; init; }

    /// <summary>Parties with accounts, the organization besides.</summary>
    public required int PartyCount { get; init; }

    public required TimeSpan Cycle { get; init; }

    public required int IngressCount { get; init; }

    public required int PulsesPerSnapshot { get; init; }

    public required ulong PulsesRetained { get; init; }

    public required int WindowFramesMax { get; init; }

    public required FileJournalOptions Journal { get; init; }

    public required SealedIndexOptions Index { get; init; }

    /// <summary>The faults go on until so many pulses are committed.</summary>
    public required int PulsesWanted { get; init; }

    public int DepthBits => Parameters.Bands.DepthBits;

    public int BranchCount => 1 << DepthBits;

    /// <summary>A quiet ledger of two branches, for tests that know what they want.</summary>
    public static Scenario Plain => Of(1) with
    {
        Parameters = Of(1).Parameters with { Bands = Bands(1), Translucency = 1 },
        PartyCount = Parties.Count,
        Cycle = TimeSpan.FromMilliseconds(100),
        IngressCount = 1,
        PulsesPerSnapshot = 64,
        PulsesRetained = 1_000,
        WindowFramesMax = 1_000,
        Journal = new FileJournalOptions
        {
            SegmentBytes = 1 << 20,
            AllocationStepBytes = 16 * JournalFormat.PageBytes,
            CommitReserveBytes = 8 * JournalFormat.PageBytes,
            LargeBodyBytes = 8_000,
            StagingBytes = 4 * JournalFormat.PageBytes,
        },
        Index = new SealedIndexOptions(),
    };

    public static Scenario Of(ulong seed)
    {
        var chance = new SimulatedChance(seed ^ 0x5CE4_A210_0000_0000);
        TreeBands bands = BandsByChance[chance.Next((ulong)BandsByChance.Length)];
        int[] translucencies = [0, 1, bands.DepthBits, 160];
        return new Scenario
        {
            Seed = seed,
            Parameters = new LedgerParameters
            {
                OrganizationKey = Parties.OfThread.Organization.PublicKey,
                TokenSymbol = "SIM",
                Bands = bands,
                Translucency = translucencies[chance.Next((ulong)translucencies.Length)],
            },
            PartyCount = (int)chance.Between(12, Parties.Count),
            Cycle = TimeSpan.FromMilliseconds(chance.Between(50, 1_000)),
            IngressCount = (int)chance.Between(1, 2),
            PulsesPerSnapshot = (int)chance.Between(2, 12),
            PulsesRetained = (ulong)chance.Between(1, 24),
            WindowFramesMax = chance.Hits(0.1) ? 3 : 1_000,
            Journal = new FileJournalOptions
            {
                SegmentBytes = chance.Between(8, 64) * JournalFormat.PageBytes,
                AllocationStepBytes = chance.Between(1, 16) * JournalFormat.PageBytes,
                CommitReserveBytes = 8 * JournalFormat.PageBytes,
                LargeBodyBytes = (int)chance.Between(500, 8_000),
                StagingBytes = 4 * JournalFormat.PageBytes,
            },
            Index = new SealedIndexOptions
            {
                MemoryEntriesMax = (int)chance.Between(1, 40),
                MemorySpanMs = (ulong)chance.Between(1, 2_000),
                MergeRuns = (int)chance.Between(2, 4),
            },
            PulsesWanted = (int)chance.Between(20, 24),
        };
    }

    private static TreeBands Bands(params ReadOnlySpan<byte> bits) =>
        TreeBands.TryCreate(bits, out TreeBands bands) ? bands : throw new ArgumentException("No bands", nameof(bits));
}
