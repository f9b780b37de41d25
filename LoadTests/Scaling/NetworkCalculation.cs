using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.LoadTests.Scaling;

/// <summary>One step of a pulse, for one node; the first three over the whole network are times the nodes.</summary>
/// <param name="Name">band and step</param>
/// <param name="Hashes">compressions</param>
/// <param name="BytesOut">that it sends</param>
/// <param name="Messages">that it sends</param>
/// <param name="Seconds">that it takes, hops and queues included</param>
internal sealed record NetworkStep(string Name, double Hashes, double BytesOut, double Messages, double Seconds);

/// <summary>What every band and step of a pulse takes, by the protocol's layouts (docs/PROTOCOL.md) and unit costs that were measured.</summary>
internal sealed class NetworkCalculation
{
    private const double SynopsisBytes = 40;
    private const double EnvelopeBytes = 64;
    private const double SectionBytes = 8;
    private const double SourceBytes = 72;
    private const double SignatureBytes = 72;
    private const double CompressionBytes = 64;
    private const double IdCompressions = 2;
    private const double WindowCompressions = 2;

    public NetworkCalculation(NetworkPlan plan, UnitCosts costs)
    {
        Plan = plan;
        double transfers = plan.TransfersPerPulse / plan.Branches;
        ChangedPerBranch = plan.AccountsPerBranch * (1 - Math.Exp(-2 * transfers / plan.AccountsPerBranch));
        ChangedPart = 1 - Math.Exp(-2 * transfers);
        Update = UpdateModel.Hashes(plan.AccountsPerBranch, ChangedPerBranch);
        FrameBytes = plan.TransfersPerSignature > 1
            ? (FrameLayout.ItemsOffset / plan.TransfersPerSignature) + FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes
            : FrameLayout.FrameBytesMin + FrameLayout.StandingAcceptanceBytes;
        Steps = [.. Calculate(plan, costs)];
    }

    public NetworkPlan Plan { get; }

    /// <summary>Accounts of a branch that a pulse changes.</summary>
    public double ChangedPerBranch { get; }

    /// <summary>The part of all branches that a pulse changes.</summary>
    public double ChangedPart { get; }

    /// <summary>What a branch's update hashes.</summary>
    public UpdateHashes Update { get; }

    /// <summary>Bytes of a transfer on the wire and in the journal.</summary>
    public double FrameBytes { get; }

    public IReadOnlyList<NetworkStep> Steps { get; }

    /// <summary>From the beat to the signed root, known everywhere; acceptance goes on beside it.</summary>
    public double PulseSeconds => Steps.Skip(1).Sum(step => step.Seconds);

    /// <summary>Seconds of a node's cores that one pulse takes.</summary>
    public double CoreSecondsPerNode { get; private set; }

    /// <summary>Bytes of memory of a node for its accounts.</summary>
    public double MemoryPerNode => Plan.Accounts / Plan.Nodes * UpdateModel.BytesPerAccount(Plan.AccountsPerBranch);

    private IEnumerable<NetworkStep> Calculate(NetworkPlan plan, UnitCosts costs)
    {
        double transfers = plan.TransfersPerPulse / plan.Nodes;
        double branches = plan.Branches / plan.Nodes;
        double hashSeconds = costs.CompressionNs / 1e9;

        double acceptHashes = transfers * IdCompressions;
        double accept = (transfers / plan.TransfersPerSignature / costs.SignaturesPerSecond) + (acceptHashes * hashSeconds);
        double strangers = 1 - (1.0 / plan.Nodes);
        CoreSecondsPerNode = accept;
        yield return new NetworkStep(
            "leaf band: accept", acceptHashes, transfers * FrameBytes * strangers, plan.Nodes - 1, (accept / plan.Cores) + Wire(plan, transfers * FrameBytes * strangers) + plan.LatencySeconds);

        yield return new NetworkStep("fan out", 0, EnvelopeBytes * plan.Bands.Count, plan.Bands.Count, plan.Bands.Count * plan.LatencySeconds);

        double sealHashes = (transfers * FrameBytes / CompressionBytes) + (transfers * WindowCompressions);
        double seal = sealHashes * hashSeconds;
        CoreSecondsPerNode += seal;
        yield return new NetworkStep("leaf band: seal, durable", sealHashes, 0, 0, (seal / plan.Cores) + (transfers * FrameBytes / plan.DiskBytesPerSecond));

        double sections = transfers * (CreditEntry.SizeBytes + SectionBytes) * strangers;
        double exchanged = sections + (branches * SourceBytes);
        yield return new NetworkStep("leaf band: exchange", 0, exchanged, plan.Nodes - 1, Wire(plan, exchanged) + plan.LatencySeconds);

        double updateHashes = branches * Update.Compressions;
        double update = branches * ChangedPart * costs.UpdateSeconds(Update);
        CoreSecondsPerNode += update;
        yield return new NetworkStep("leaf band: credit, update", updateHashes, branches * ChangedPart * (SynopsisBytes + EnvelopeBytes), Math.Min(branches, plan.Nodes), update / plan.Cores);

        double part = ChangedPart;
        for (int band = plan.Bands.Count - 1; band >= 0; band--)
        {
            int bits = plan.Bands[band];
            double trunks = Math.Pow(2, plan.Bands.Take(band).Sum());
            double perNode = Math.Max(1, trunks / plan.Nodes);
            double nodes = UpdateModel.TrunkNodes(bits, part) * perNode;
            double arriving = Math.Pow(2, bits) * part * perNode * (SynopsisBytes + EnvelopeBytes);
            double merge = nodes * costs.TrunkNodeNs / 1e9;
            CoreSecondsPerNode += band == 0 ? 0 : merge;
            part = 1 - Math.Pow(1 - part, Math.Pow(2, bits));
            string name = band == 0 ? $"root trunk: merge {bits} bits" : $"trunk band {band}: merge {bits} bits";
            yield return new NetworkStep(name, nodes, perNode * (SynopsisBytes + EnvelopeBytes), perNode, Wire(plan, arriving) + plan.LatencySeconds + (merge / Math.Min(plan.Cores, perNode)));
        }

        double statement = RootStatement.SizeBytes + SignatureBytes;
        yield return new NetworkStep("root: sign, durable", 0, 0, 0, (statement / plan.DiskBytesPerSecond) + (1 / costs.SignaturesPerSecond));
        double siblings = plan.BranchBits * SynopsisBytes;
        double down = (statement + siblings) * Math.Pow(2, plan.Bands.Max());
        yield return new NetworkStep("statement and siblings down", 0, down, Math.Pow(2, plan.Bands.Max()), (plan.Bands.Count * plan.LatencySeconds) + (plan.Bands.Count * Wire(plan, down)));
    }

    private static double Wire(NetworkPlan plan, double bytes) => 8 * bytes / plan.BitsPerSecond;
}
