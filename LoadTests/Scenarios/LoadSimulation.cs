using System.Text.Json.Serialization;

namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>
/// One stretch of a load, in NBomber's words. The inject ones are open: transfers are due at times fixed beforehand, whether answers come or not.
/// The constant ones are closed: so many requests are under way at any time. Rates are transfers a second.
/// </summary>
[JsonDerivedType(typeof(Inject), "inject")]
[JsonDerivedType(typeof(InjectRandom), "injectRandom")]
[JsonDerivedType(typeof(RampingInject), "rampingInject")]
[JsonDerivedType(typeof(IterationsForInject), "iterationsForInject")]
[JsonDerivedType(typeof(KeepConstant), "keepConstant")]
[JsonDerivedType(typeof(RampingConstant), "rampingConstant")]
[JsonDerivedType(typeof(Pause), "pause")]
internal abstract record LoadSimulation
{
    private LoadSimulation()
    {
    }

    /// <summary>For people: what it does, in NBomber's word for it.</summary>
    public sealed override string ToString() => this switch
    {
        Inject inject => FormattableString.Invariant($"inject {inject.Rate:N0}/s for {TimeText.Format(inject.During)}"),
        InjectRandom random => FormattableString.Invariant($"inject random {random.MinRate:N0} to {random.MaxRate:N0}/s for {TimeText.Format(random.During)}"),
        RampingInject ramp => FormattableString.Invariant($"ramping inject to {ramp.Rate:N0}/s in {TimeText.Format(ramp.During)}"),
        IterationsForInject iterations => FormattableString.Invariant($"inject {iterations.Iterations:N0} at {iterations.Rate:N0}/s"),
        KeepConstant constant => FormattableString.Invariant($"keep constant {constant.Copies:N0} for {TimeText.Format(constant.During)}"),
        RampingConstant ramp => FormattableString.Invariant($"ramping constant to {ramp.Copies:N0} in {TimeText.Format(ramp.During)}"),
        Pause pause => $"pause for {TimeText.Format(pause.During)}",
        _ => throw new InvalidOperationException("A simulation is one of those above"),
    };

    /// <summary>At one rate.</summary>
    public sealed record Inject(double Rate, TimeSpan During) : LoadSimulation;

    /// <summary>Each second at a rate drawn anew between two.</summary>
    public sealed record InjectRandom(double MinRate, double MaxRate, TimeSpan During) : LoadSimulation;

    /// <summary>From the rate of the stretch before (0 at the start) evenly to this one.</summary>
    public sealed record RampingInject(double Rate, TimeSpan During) : LoadSimulation;

    /// <summary>At one rate, until so many transfers were sent.</summary>
    public sealed record IterationsForInject(double Rate, long Iterations) : LoadSimulation;

    /// <summary>So many requests under way.</summary>
    public sealed record KeepConstant(int Copies, TimeSpan During) : LoadSimulation;

    /// <summary>From as many under way as in the stretch before (0 at the start) evenly to so many.</summary>
    public sealed record RampingConstant(int Copies, TimeSpan During) : LoadSimulation;

    /// <summary>Nothing is sent.</summary>
    public sealed record Pause(TimeSpan During) : LoadSimulation;
}
