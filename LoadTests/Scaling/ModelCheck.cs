namespace LeitherCluster.LoadTests.Scaling;

/// <summary>A small case, as the model has it and as it was measured on this machine.</summary>
internal sealed record CheckedCase(string What, double Modelled, double Measured)
{
    /// <summary>How far the model may be off.</summary>
    public const double Tolerance = 0.25;

    public double Off => (Modelled / Measured) - 1;

    public bool Holds => Math.Abs(Off) <= Tolerance;
}

/// <summary>Measures cases that the unit costs were not taken from, and puts the model beside them.</summary>
internal static class ModelCheck
{
    private static readonly (int Accounts, int Changed)[] s_updates = [(65_536, 31), (65_536, 500), (150_000, 31), (150_000, 2_000), (16_384, 31)];
    private static readonly int[] s_trunkBits = [8, 16];

    public static IReadOnlyList<CheckedCase> Run(UnitCosts costs)
    {
        var cases = new List<CheckedCase>();
        foreach (MeasuredUpdate measured in UnitCosts.MeasureUpdates(s_updates))
        {
            (int accounts, int changed) = (measured.Accounts, measured.Changed);
            UpdateHashes model = UpdateModel.Hashes(accounts, changed);
            string name = FormattableString.Invariant($"{accounts:N0} accounts, {changed:N0} changed");
            cases.Add(new CheckedCase($"{name}: leaves hashed", model.Leaves, measured.Leaves));
            cases.Add(new CheckedCase($"{name}: inner nodes hashed", model.Nodes, measured.Nodes));
            cases.Add(new CheckedCase($"{name}: microseconds", costs.UpdateSeconds(model) * 1e6, measured.Microseconds));
            cases.Add(new CheckedCase($"{name}: bytes an account", UpdateModel.BytesPerAccount(accounts), measured.BytesPerAccount));
        }

        double[] trunks = UnitCosts.MeasureTrunks(s_trunkBits);
        return
        [
            .. cases,
            .. s_trunkBits.Select((bits, number) => new CheckedCase($"trunk of {bits} bits, all changed: microseconds", UpdateModel.TrunkNodes(bits, 1) * costs.TrunkNodeNs / 1_000, trunks[number])),
        ];
    }
}
