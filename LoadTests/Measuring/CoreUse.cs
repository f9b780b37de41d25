using System.Globalization;

namespace LeitherCluster.LoadTests.Measuring;

/// <summary>What the machine's cores have done so far, and how many pages this process has been given (Linux only).</summary>
/// <param name="BusySeconds">that some program had a core, or a host took one away</param>
/// <param name="PageFaults">pages that this process touched for the first time</param>
internal readonly record struct CoreUse(double BusySeconds, long PageFaults)
{
    // The system counts in hundredths, whatever its own clock does.
    private const double TicksPerSecond = 100;

    private const int IdleField = 4;
    private const int WaitingForDiskField = 5;
    private const int GuestField = 9;
    private const int MinorFaultsAfterName = 7;

    public static CoreUse Now()
    {
        string[] all = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double busy = 0;
        for (int field = 1; field < Math.Min(all.Length, GuestField); field++)
        {
            if (field is not IdleField and not WaitingForDiskField)
            {
                busy += double.Parse(all[field], CultureInfo.InvariantCulture);
            }
        }

        string own = File.ReadAllText("/proc/self/stat");
        string[] afterName = own[(own.LastIndexOf(')') + 2)..].Split(' ');
        return new CoreUse(busy / TicksPerSecond, long.Parse(afterName[MinorFaultsAfterName], CultureInfo.InvariantCulture));
    }
}
