namespace LeitherCluster.LoadTests.Scenarios;

/// <summary>A scenario at another rate, or for another time.</summary>
internal static class ScenarioScaling
{
    extension(Scenario scenario)
    {
        /// <summary>The highest rate of its open simulations, transfers a second; 0 when it has none.</summary>
        public double HighestRate => scenario.Load.Max(simulation => simulation switch
        {
            LoadSimulation.Inject inject => inject.Rate,
            LoadSimulation.InjectRandom random => random.MaxRate,
            LoadSimulation.RampingInject ramp => ramp.Rate,
            LoadSimulation.IterationsForInject iterations => iterations.Rate,
            _ => 0,
        });

        /// <summary>The same with all rates in proportion, so that the highest is this one.</summary>
        public Scenario WithRate(double highest)
        {
            double factor = scenario.HighestRate == 0 ? 1 : highest / scenario.HighestRate;
            return scenario with { Load = [.. scenario.Load.Select(simulation => AtRate(simulation, factor))] };
        }

        /// <summary>The same with all times in proportion, so that the load lasts so long.</summary>
        public Scenario WithLength(TimeSpan length)
        {
            double factor = length / LoadPlan.LengthOf(scenario.Load);
            return scenario with
            {
                Load = [.. scenario.Load.Select(simulation => For(simulation, factor))],
                KillAfter = scenario.KillAfter * factor,
            };
        }
    }

    private static LoadSimulation AtRate(LoadSimulation simulation, double factor) => simulation switch
    {
        LoadSimulation.Inject inject => inject with { Rate = inject.Rate * factor },
        LoadSimulation.InjectRandom random => random with { MinRate = random.MinRate * factor, MaxRate = random.MaxRate * factor },
        LoadSimulation.RampingInject ramp => ramp with { Rate = ramp.Rate * factor },
        LoadSimulation.IterationsForInject iterations => iterations with { Rate = iterations.Rate * factor },
        _ => simulation,
    };

    private static LoadSimulation For(LoadSimulation simulation, double factor) => simulation switch
    {
        LoadSimulation.Inject inject => inject with { During = inject.During * factor },
        LoadSimulation.InjectRandom random => random with { During = random.During * factor },
        LoadSimulation.RampingInject ramp => ramp with { During = ramp.During * factor },
        LoadSimulation.IterationsForInject iterations => iterations with { Iterations = Math.Max(1, (long)(iterations.Iterations * factor)) },
        LoadSimulation.KeepConstant constant => constant with { During = constant.During * factor },
        LoadSimulation.RampingConstant ramp => ramp with { During = ramp.During * factor },
        LoadSimulation.Pause pause => pause with { During = pause.During * factor },
        _ => simulation,
    };
}
