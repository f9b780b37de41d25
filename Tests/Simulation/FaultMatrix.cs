using System.Text;
using LeitherCluster.Runtime.Simulation;

namespace LeitherCluster.Tests.Simulation;

/// <summary>Which fault met which step, as a table: a line a step, a column a fault.</summary>
internal static class FaultMatrix
{
    private const int StepWidth = 28;

    public static string Of(FaultTable table)
    {
        string[] faults = [.. table.Counts.Keys.Select(static key => key.Fault).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] steps = [.. table.Counts.Keys.Select(static key => key.Step).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        StringBuilder text = new();
        text.Append("step".PadRight(StepWidth));
        foreach (string fault in faults)
        {
            text.Append(fault.PadLeft(fault.Length + 2));
        }

        foreach (string step in steps)
        {
            text.Append('\n').Append(step.Trim().PadRight(StepWidth));
            foreach (string fault in faults)
            {
                string count = table.Counts.TryGetValue((fault, step), out long times) ? $"{times}" : ".";
                text.Append(count.PadLeft(fault.Length + 2));
            }
        }

        return text.ToString();
    }
}
