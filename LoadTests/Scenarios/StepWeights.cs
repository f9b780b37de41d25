namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>What one batch of a load does.</summary>
internal enum StepKind
{
    /// <summary>Payments, each signed by its payer, to receivers with standing acceptances.</summary>
    Pay = 0,

    /// <summary>The same in bundles, each signed once.</summary>
    Bundle = 1,

    /// <summary>Half of it reserves; when that is committed, the other half posts three of four holds and releases the rest.</summary>
    Hold = 2,

    /// <summary>Signed questions by account holders, for their balances.</summary>
    Inquiry = 3,
}

/// <summary>How often each kind of batch is drawn, against the others.</summary>
internal sealed record StepWeights(int Pay, int Bundle, int Hold, int Inquiry)
{
    /// <summary>The most that one may weigh.</summary>
    public const int WeightMax = 1_000_000;

    /// <summary>Payments and nothing else.</summary>
    public static StepWeights Payments { get; } = new(1, 0, 0, 0);

    public int Sum => Pay + Bundle + Hold + Inquiry;

    /// <summary>The kind that a number from 0 to before <see cref="Sum"/> draws.</summary>
    public StepKind Draw(int number) =>
        number < Pay ? StepKind.Pay
        : number < Pay + Bundle ? StepKind.Bundle
        : number < Pay + Bundle + Hold ? StepKind.Hold
        : StepKind.Inquiry;

    public override string ToString() => string.Join(
        ", ",
        new[] { (Pay, "pay"), (Bundle, "bundle"), (Hold, "hold"), (Inquiry, "inquiry") }.Where(step => step.Item1 != 0).Select(step => FormattableString.Invariant($"{step.Item2} {step.Item1}")));
}
