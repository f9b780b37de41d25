using System.CommandLine;
using System.Globalization;
using LeitherCluster.LoadTests.Measuring;
using LeitherCluster.LoadTests.Scaling;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests;

/// <summary>
/// <c>simulate</c>: what a network of any size takes, calculated from the protocol and from unit costs measured here. Exit codes: 0 done, 1 the model is further off a
/// measured case than it may be, 2 bad input.
/// </summary>
internal sealed class SimulateCommand
{
    private const int Missed = 1;
    private const int BadInput = 2;

    private static readonly NetworkPlan s_defaults = new();

    private readonly Option<double> _accounts = Number("--accounts", "How many accounts there are.", s_defaults.Accounts);
    private readonly Option<double> _rate = Number("--rate", "Transfers a second.", s_defaults.Rate);
    private readonly Option<string> _cycle = new("--cycle") { Description = "The pulse cycle.", HelpName = "TIME", DefaultValueFactory = _ => "1s" };
    private readonly Option<string> _bands = new("--bands") { Description = "Bits of each band of the tree above the accounts, the root's first.", HelpName = "N+N", DefaultValueFactory = _ => "8+8" };
    private readonly Option<int> _nodes = new("--nodes") { Description = "Nodes among which the branches are divided.", HelpName = "N", DefaultValueFactory = _ => s_defaults.Nodes };
    private readonly Option<double> _cores = Number("--cores", "Cores of each node.", s_defaults.Cores);
    private readonly Option<double> _bandwidth = Number("--mbit", "What each can send a second, in megabits.", s_defaults.BitsPerSecond / 1e6);
    private readonly Option<string> _latency = new("--latency") { Description = "From node to node.", HelpName = "TIME", DefaultValueFactory = _ => "20ms" };
    private readonly Option<double> _disk = Number("--disk", "What each can journal a second, in megabytes.", s_defaults.DiskBytesPerSecond / 1e6);
    private readonly Option<double> _bundle = Number("--bundle", "Transfers under one signature.", s_defaults.TransfersPerSignature);
    private readonly Option<bool> _check = new("--check") { Description = "Measure small cases on this machine and put the model beside them." };
    private readonly Option<string> _output = new("--output", "-o") { Description = "How the figures are printed.", HelpName = "text|json", DefaultValueFactory = _ => "text" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var simulate = new SimulateCommand();
        simulate._output.AcceptOnlyFromAmong("text", "json");
        var command = new Command(
            "simulate",
            "Calculates and simulates a network of any size: hashes, bytes, messages, memory and time of every band and step of a pulse, beside the figures of the seed document's section VIII. "
            + "For example: leither-load simulate --check; leither-load simulate --accounts 1e8 --rate 1e5 --bands 8 --nodes 8 --mbit 1000 --latency 1ms. "
            + "Exit codes: 0 done, 1 the model is more than 25 % off a case measured with --check, 2 bad input.")
        {
            simulate._accounts, simulate._rate, simulate._cycle, simulate._bands, simulate._nodes, simulate._cores, simulate._bandwidth, simulate._latency, simulate._disk, simulate._bundle, simulate._check, simulate._output,
        };
        command.SetAction(simulate.Execute);
        return command;
    }

    private static Option<double> Number(string name, string description, double otherwise) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => otherwise };

    private int Execute(ParseResult arguments)
    {
        try
        {
            NetworkPlan plan = PlanOf(arguments);
            var costs = UnitCosts.Measure();
            var report = new NetworkReport(
                Machine.Current(),
                new NetworkCalculation(plan, costs),
                BranchSimulation.Run(plan, seed: 1),
                costs,
                arguments.GetValue(_check) ? ModelCheck.Run(costs) : []);
            if (arguments.GetValue(_output) == "json")
            {
                report.WriteJson(Console.Out);
            }
            else
            {
                report.WriteText(Console.Out);
            }

            return report.Holds ? 0 : Missed;
        }
        catch (ScenarioException exception)
        {
            Console.Error.WriteLine($"leither-load: {exception.Message}");
            return BadInput;
        }
    }

    private NetworkPlan PlanOf(ParseResult arguments)
    {
        var plan = new NetworkPlan
        {
            Accounts = InRange(arguments, _accounts, 1, Math.Pow(2, 40)),
            Rate = InRange(arguments, _rate, 1, 1e9),
            CycleSeconds = Time(arguments, _cycle),
            Bands = NetworkPlan.BandsOf(arguments.GetRequiredValue(_bands)),
            Nodes = arguments.GetValue(_nodes),
            Cores = InRange(arguments, _cores, 0.1, 1_024),
            BitsPerSecond = 1e6 * InRange(arguments, _bandwidth, 0.001, 1e6),
            LatencySeconds = Time(arguments, _latency),
            DiskBytesPerSecond = 1e6 * InRange(arguments, _disk, 0.1, 1e6),
            TransfersPerSignature = InRange(arguments, _bundle, 1, 1_024),
        };
        return plan.Nodes >= 1 && plan.Nodes <= plan.Branches
            ? plan
            : throw new ScenarioException($"--nodes must be from 1 to the {plan.Branches.ToString("N0", CultureInfo.InvariantCulture)} branches, not {plan.Nodes}.");
    }

    private static double InRange(ParseResult arguments, Option<double> option, double least, double most)
    {
        double value = arguments.GetValue(option);
        return value >= least && value <= most
            ? value
            : throw new ScenarioException(FormattableString.Invariant($"{option.Name} must be from {least} to {most}, not {value}."));
    }

    private static double Time(ParseResult arguments, Option<string> option)
    {
        string text = arguments.GetRequiredValue(option);
        return TimeText.TryParse(text, out TimeSpan time) && time > TimeSpan.Zero
            ? time.TotalSeconds
            : throw new ScenarioException($"{option.Name} must be a time like 250ms or 1s, not '{text}'.");
    }
}
