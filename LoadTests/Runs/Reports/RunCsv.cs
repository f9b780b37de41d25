using System.Globalization;

namespace LeitherCluster.LoadTests.Runs.Reports;

/// <summary>A run's series as CSV: one line an interval, one line a pulse.</summary>
internal static class RunCsv
{
    public static void WriteIntervals(RunReport run, TextWriter output)
    {
        output.WriteLine("at_s,scheduled_per_s,sent_per_s,committed_per_s,p50_ms,p99_ms,cores_busy,memory_mib,journal_mib");
        foreach (RunInterval each in run.Intervals)
        {
            WriteLine(output, each.At, each.Scheduled, each.Sent, each.Committed, each.P50, each.P99, each.CoresBusy, each.MemoryMiB, each.JournalMiB);
        }
    }

    public static void WritePulses(RunReport run, TextWriter output)
    {
        output.WriteLine("sequence,at_s,transfers,branches,sealed_ms,durable_ms,credited_ms,committed_ms");
        foreach (RunPulse each in run.Pulses)
        {
            WriteLine(output, each.Sequence, each.At, each.Transfers, each.Branches, each.SealedMs, each.DurableMs, each.CreditedMs, each.CommittedMs);
        }
    }

    private static void WriteLine(TextWriter output, params double[] cells) =>
        output.WriteLine(string.Join(',', cells.Select(cell => cell.ToString("0.###", CultureInfo.InvariantCulture))));
}
