using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Hashing;

/// <summary>
/// Measures hashing in a child process (<see cref="ChildProbe"/>).
/// </summary>
internal static class HashProbe
{
    private const string CommandName = "hash-probe";
    private const int Runs = 60;
    private const int ShaMessageBytes = 64;
    private const int ArithmeticGroups = 256;

    private static volatile uint s_sink;

    public static Command CreateCommand()
    {
        var core = new Argument<int>("core");
        var command = new Command(CommandName) { core };
        command.Hidden = true;
        command.SetAction(arguments =>
            Console.Out.WriteLine(JsonSerializer.Serialize(ThreadCore.Run(arguments.GetValue(core), Measure))));
        return command;
    }

    /// <summary>The figures of a child process in which this setting of the runtime, if any is named, is 0.</summary>
    public static HashPathFigures RunChild(string? switchedOff, int core) => ChildProbe.Run<HashPathFigures>(CommandName, switchedOff, core);

    private static HashPathFigures Measure()
    {
        using var forms = new HashForms();
        List<HashFormFigures> figures = [];
        foreach ((string name, int compressions, Action batch) in forms.All)
        {
            figures.Add(HashFormFigures.Of(name, Sample.OfBatches(HashForms.Items * compressions, Runs, batch)));
        }

        return new HashPathFigures(Blake3.Path, figures, MeasureSha256(), VectorArithmetic.IsSupported ? MeasureArithmetic() : null);
    }

    private static HashFormFigures MeasureSha256()
    {
        byte[] message = new byte[ShaMessageBytes];
        byte[] digest = new byte[SHA256.HashSizeInBytes];
        Sample sample = Sample.OfBatches(HashForms.Items, Runs, () =>
        {
            for (int item = 0; item < HashForms.Items; item++)
            {
                SHA256.HashData(message, digest);
            }
        });
        return HashFormFigures.Of("SHA-256 of 64 bytes, the framework's call", sample);
    }

    private static HashFormFigures MeasureArithmetic() => HashFormFigures.Of(
        "the arithmetic alone, in registers",
        Sample.OfBatches(ArithmeticGroups * VectorArithmetic.Lanes, Runs, () => s_sink = VectorArithmetic.Run(ArithmeticGroups)));
}
