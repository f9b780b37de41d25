using LeitherCluster.Hosting.Journals;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Hosting.Views;

namespace LeitherCluster.Hosting.Commands.Journals;

/// <summary>What was found in a journal in which nothing is wrong.</summary>
internal sealed record JournalVerified(
    string Ledger,
    long Pulses,
    long Windows,
    long Transfers,
    ulong Sequence,
    string? Root,
    string? Supply,
    long Groups,
    long Blocks,
    long Bytes,
    int? Segments,
    int? Writers,
    int Snapshots,
    long TornBytes)
{
    public static JournalVerified Of(JournalSize size, LedgerJournalCheck check, Trust trust) => new(
        trust.Ledger.ToString(),
        check.PulseCount,
        check.WindowCount,
        check.TransferCount,
        check.LastStatement?.TimeSequence.Value ?? 0,
        check.LastStatement?.Root.ToString(),
        check.LastStatement?.Sum.ToString(trust.Decimals),
        size.Groups,
        size.Blocks,
        size.BodyBytes,
        size.Segments,
        size.Writers,
        size.Snapshots,
        size.TornBytes);

    public static void WriteText(TextWriter output, JournalVerified found)
    {
        output.WriteLine("The journal holds.");
        output.WriteLine($"ledger     {found.Ledger}");
        output.WriteLine($"pulses     {found.Pulses:N0}, the last is {found.Sequence}");
        output.WriteLine($"windows    {found.Windows:N0} with {found.Transfers:N0} transfers");
        output.WriteLine($"root       {found.Root}");
        output.WriteLine($"supply     {found.Supply}");
        output.WriteLine($"blocks     {found.Blocks:N0} in {found.Groups:N0} groups, {ByteText.Format(found.Bytes)}, {(found.Segments is { } segments ? $"{segments} segments" : $"{found.Writers} writers")}");
        output.WriteLine($"snapshots  {found.Snapshots}");
        if (found.TornBytes != 0)
        {
            output.WriteLine($"tail       {found.TornBytes} bytes of an unfinished group, which the next start cuts off");
        }
    }
}
