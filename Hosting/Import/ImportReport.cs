namespace LeitherCluster.Hosting.Import;

/// <summary>
/// How an import ended: what it did, and how the ledger's balances compare with a plain decimal computation over the file. Amounts are decimals
/// of the token.
/// </summary>
internal sealed record ImportReport(
    string File,
    int Rounds,
    long Transfers,
    long TransfersNow,
    int Payers,
    int Accounts,
    string Funded,
    string Paid,
    int BalancesCompared,
    int BalancesEqual,
    IReadOnlyList<ImportReport.Difference> Differences,
    ulong Sequence,
    string Root,
    string Supply,
    decimal PaymentSeconds,
    decimal TotalSeconds)
{
    /// <summary>The most differences that a report lists.</summary>
    public const int DifferenceCountMax = 100;

    /// <summary>An account whose balance is not what the file says it must be.</summary>
    internal sealed record Difference(string Name, string Account, string Expected, string Found);

    public static void WriteText(TextWriter output, ImportReport report)
    {
        output.WriteLine($"file        {report.File}, played {report.Rounds} times");
        output.WriteLine($"transfers   {report.Transfers:N0} committed, {report.TransfersNow:N0} of them in this run");
        output.WriteLine($"parties     {report.Accounts:N0}, {report.Payers:N0} of them paying");
        output.WriteLine($"paid        {report.Paid}, from {report.Funded} that were funded");
        output.WriteLine($"pulse       {report.Sequence}, root {report.Root}");
        output.WriteLine($"supply      {report.Supply}");
        output.WriteLine($"time        {report.TotalSeconds:0.0} s, {report.PaymentSeconds:0.0} s of it paying");
        foreach (Difference difference in report.Differences)
        {
            output.WriteLine($"  differs   {difference.Name} ({difference.Account}): {difference.Expected} expected, {difference.Found} found");
        }

        output.WriteLine($"reconciled  {report.BalancesEqual:N0} of {report.BalancesCompared:N0} balances equal the plain computation to the last decimal");
    }
}
