using System.Text.Json;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Reports;

namespace LeitherCluster.LoadTests.Scaling;

/// <summary>A network's figures for people and for programs, beside those of the seed document's section VIII.</summary>
internal sealed record NetworkReport(Machine Machine, NetworkCalculation Calculation, SimulatedPulse Simulated, UnitCosts Costs, IReadOnlyList<CheckedCase> Checks)
{
    private const double Mega = 1e6;
    private const double Gibi = 1 << 30;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public bool Holds => Checks.All(check => check.Holds);

    public void WriteJson(TextWriter output) => output.WriteLine(JsonSerializer.Serialize(this, s_json));

    public void WriteText(TextWriter output)
    {
        NetworkPlan plan = Calculation.Plan;
        output.WriteLine(
            $"{Figure.Count((long)plan.Accounts)} accounts, {Figure.Short(plan.Rate)} transfers a second, a pulse every {Figure.Short(plan.CycleSeconds)} s, {Figure.Count((long)plan.Branches)} branches in bands "
            + $"{string.Join('+', plan.Bands)}; {plan.Nodes} nodes of {Figure.Short(plan.Cores)} cores, {Figure.Short(plan.BitsPerSecond / Mega)} Mbit/s, {Figure.Short(plan.LatencySeconds * 1_000)} ms apart, "
            + $"{Figure.Short(plan.DiskBytesPerSecond / Mega)} MB/s to disk");
        output.WriteLine(
            $"Unit costs measured on one core of this machine ({Machine.Processor}, vectors {Machine.Vectors}, load {Machine.LoadAtStart}): {Figure.Short(Costs.UpdateUs)} us an update and "
            + $"{Figure.Short(Costs.CompressionNs)} ns a compression in it, {Figure.Short(Costs.TrunkNodeNs)} ns a trunk's node, {Figure.Short(Costs.SignaturesPerSecond)} signatures a second");
        Table(
            output,
            "Each step of a pulse, for one node",
            ["step", "hashes", "kB sent", "messages", "ms"],
            Calculation.Steps.Select(step => Row(step.Name, step.Hashes, step.BytesOut / 1_000, step.Messages, step.Seconds * 1_000)));
        Table(
            output,
            "All in all",
            ["", "per node"],
            [
                ["from beat to signed root known everywhere, ms", Figure.Short(Calculation.PulseSeconds * 1_000)],
                ["of the cores busy", Figure.Percent(Calculation.CoreSecondsPerNode / plan.Cores / plan.CycleSeconds)],
                ["sent, Mbit/s", Figure.Short(Calculation.Steps.Sum(step => step.BytesOut) * 8 / Mega / plan.CycleSeconds)],
                ["memory for accounts, GiB", Figure.Short(Calculation.MemoryPerNode / Gibi)],
                ["journaled, MB/s", Figure.Short(plan.Rate / plan.Nodes * Calculation.FrameBytes / Mega)],
            ]);
        Table(
            output,
            $"A branch's update: calculated, and simulated in {Simulated.Branches} branches whose every account was drawn",
            ["", "calculated", "simulated"],
            [
                ["accounts changed", Figure.Short(Calculation.ChangedPerBranch), Figure.Short(Simulated.Changed)],
                ["compressions", Figure.Short(Calculation.Update.Compressions), Figure.Short(Simulated.Compressions)],
                ["compressions of any path-compressed tree", Figure.Short(Calculation.Update.Necessary), Figure.Short(Simulated.Necessary)],
                ["slowest node's load, of the average", "1", Figure.Short(Simulated.SlowestNode)],
            ]);
        WriteSeed(output, plan);
        if (Checks.Count != 0)
        {
            Table(
                output,
                $"The model beside small cases measured here, which its unit costs are not taken from (to {Figure.Percent(CheckedCase.Tolerance)})",
                ["case", "model", "measured", "off", ""],
                Checks.Select(check => (IReadOnlyList<string>)[check.What, Figure.Short(check.Modelled), Figure.Short(check.Measured), Figure.Percent(check.Off), check.Holds ? "holds" : "MISSED"]));
        }
    }

    private static IReadOnlyList<string> Row(string name, params double[] figures) => [name, .. figures.Select(Figure.Short)];

    private static void Table(TextWriter output, string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        output.WriteLine();
        output.WriteLine(caption + ":");
        output.WriteLine();
        ReportWriter.WriteTable(columns, [.. rows], output);
    }

    // The seed reckons with 2^32 accounts, a million a second, two bands of 16 layers, 28 bytes a synopsis.
    private void WriteSeed(TextWriter output, NetworkPlan plan)
    {
        double touched = 2 * plan.TransfersPerPulse / plan.Branches;
        double rootNodes = UpdateModel.TrunkNodes(Math.Min(24, plan.BranchBits), Calculation.ChangedPart);
        NetworkStep update = Calculation.Steps.Single(step => step.Name == "leaf band: credit, update");
        Table(
            output,
            "Beside the seed's section VIII (2^32 accounts, a million a second, 16+16 layers, synopses of 20 bytes)",
            ["what", "seed", "here"],
            [
                ["transactions a branch a pulse, by parties touched", "30", Figure.Short(touched)],
                ["synopses that a branch makes a pulse", "30 x 32 = 960, at the most", Figure.Short(Calculation.Update.Necessary - (2 * Calculation.ChangedPerBranch))],
                ["data of one branch's tree, MB", "1.8", Figure.Short(plan.AccountsPerBranch * UpdateModel.BytesPerAccount(plan.AccountsPerBranch) / Mega)],
                ["synopses above the branches a pulse", "131,000", Figure.Count((long)rootNodes)],
                ["bytes of them, MB", "2.5", Figure.Short(rootNodes * 40 / Mega)],
                ["to all branches with their siblings, MB a pulse", "56", Figure.Short(plan.Branches * plan.BranchBits * 40 / Mega)],
                ["the same for one trunk of a band of 8, kB", "224", Figure.Short(Calculation.Steps[^1].BytesOut / 1_000)],
                ["hops from submission to the statement's return", "10 at the most", $"{3 + (3 * plan.Bands.Count)}"],
                ["of a node's cores for hashing in its branches", "", Figure.Percent(update.Seconds / plan.CycleSeconds)],
                ["pulse cycles until final", "2", Calculation.PulseSeconds <= plan.CycleSeconds ? "2" : Figure.Short(1 + Math.Ceiling(Calculation.PulseSeconds / plan.CycleSeconds))],
            ]);
    }
}
