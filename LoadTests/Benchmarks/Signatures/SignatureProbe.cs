using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using LeitherCluster.Ledger.Signatures;
using LeitherCluster.LoadTests.Measuring;

namespace LeitherCluster.LoadTests.Benchmarks.Signatures;

/// <summary>Measures Ed25519 verification in a child process (<see cref="ChildProbe"/>).</summary>
internal static class SignatureProbe
{
    private const string CommandName = "signature-probe";
    private const int Runs = 15;
    private const int BareCount = 64;
    private const int WarmUpRounds = 40;
    private static readonly int[] s_sizes = [8, 32, 64, 256, 1024, 4096];

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
    public static SignatureFigures RunChild(string? switchedOff, int core) => ChildProbe.Run<SignatureFigures>(CommandName, switchedOff, core);

    private static SignatureFigures Measure()
    {
        using var input = new VerificationInput(seed: 1, s_sizes[^1], keyCount: s_sizes[^1]);
        nint[] keys = input.NewBareKeys(BareCount);
        WarmUp(input);
        double libCrypto = Best(BareCount, () => Expect(BareCount, input.VerifyBare(keys)));
        double? libSodium = BareLibSodium.IsInstalled ? Best(BareCount, () => Expect(BareCount, CountSodium(input))) : null;
        double single = Best(BareCount, () => Expect(BareCount, CountSingle(input)));
        BatchFigures[] batches = [.. s_sizes.Select(size => MeasureBatches(input, size))];
        foreach (nint key in keys)
        {
            BareLibCrypto.FreeKey(key);
        }

        return new SignatureFigures(BatchVerifier.Path, libCrypto, libSodium, single, batches);
    }

    // Every way of settling a batch, until its code is compiled for good.
    private static void WarmUp(VerificationInput input)
    {
        for (int round = 0; round < WarmUpRounds; round++)
        {
            byte[] verdicts = new byte[s_sizes[^2]];
            new BatchVerifier([], s_sizes[0], keyCountMax: 1).Verify(input.Checks[..verdicts.Length], verdicts);
            new BatchVerifier(new byte[BatchVerifier.SeedLength]).Verify(input.Checks[..verdicts.Length], verdicts);
            CountSingle(input);
        }
    }

    private static BatchFigures MeasureBatches(VerificationInput input, int size)
    {
        byte[] seed = RandomNumberGenerator.GetBytes(BatchVerifier.SeedLength);
        var forgetful = new BatchVerifier(seed, size, keyCountMax: 1);
        var knowing = new BatchVerifier(seed, size, keyCountMax: 4 * size);
        var seedless = new BatchVerifier([], size, keyCountMax: 1);
        byte[] verdicts = new byte[size];
        double With(BatchVerifier verifier, int good) => Best(size, () => Expect(good, verifier.Verify(input.Checks[..size], verdicts)));

        double newKeys = With(forgetful, size);
        double knownKeys = With(knowing, size);
        double withoutSeed = With(seedless, size);
        input.Flip(size / 2, 0);
        double oneBad = With(knowing, size - 1);
        input.Flip(size / 2, 0);
        FlipAll(input, size);
        double allBad = With(knowing, 0);
        FlipAll(input, size);
        return new BatchFigures(size, newKeys, knownKeys, withoutSeed, oneBad, allBad);
    }

    private static void FlipAll(VerificationInput input, int size)
    {
        for (int index = 0; index < size; index++)
        {
            input.Flip(index, 0);
        }
    }

    private static int CountSingle(VerificationInput input)
    {
        int valid = 0;
        foreach (ref readonly SignatureCheck check in input.Checks[..BareCount])
        {
            valid += BatchVerifier.Verify(check) ? 1 : 0;
        }

        return valid;
    }

    private static int CountSodium(VerificationInput input)
    {
        int valid = 0;
        foreach (ref readonly SignatureCheck check in input.Checks[..BareCount])
        {
            valid += BareLibSodium.Verify(check) ? 1 : 0;
        }

        return valid;
    }

    private static double Best(int count, Action batch) => Sample.OfBatches(count, Runs, batch).BestPerSecond;

    private static void Expect(int good, int valid)
    {
        if (valid != good)
        {
            throw new InvalidOperationException($"{valid} signatures were found valid where {good} are.");
        }
    }
}
