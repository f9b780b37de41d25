using LeitherCluster.Client.Contracts;

namespace LeitherCluster.Hosting.Views;

/// <summary>One beat on one line, for output that is not a terminal.</summary>
internal static class PulseLine
{
    /// <summary>How many digits of a root are shown.</summary>
    public const int RootDigits = 12;

    public static string Format(PulseResult pulse) => pulse.Changed
        ? $"pulse {pulse.Sequence}  beat {pulse.Beat}  {pulse.At}  root {pulse.Root[..RootDigits]}  {pulse.Transfers} transfers  {Milliseconds(pulse.CommittedUs)} ms"
        : $"pulse {pulse.Sequence}  beat {pulse.Beat}  {pulse.At}  unchanged";

    /// <summary>Microseconds as milliseconds with one decimal.</summary>
    public static string Milliseconds(long microseconds) => (microseconds / 1_000m).ToString("0.0");
}
