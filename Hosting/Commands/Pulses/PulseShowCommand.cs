using System.CommandLine;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;

namespace LeitherCluster.Hosting.Commands.Pulses;

/// <summary><c>leither pulse show [N]</c>.</summary>
internal sealed class PulseShowCommand : ClientCommand
{
    private readonly Argument<ulong?> _sequence = new("N") { Description = "The time sequence; the newest when left out.", Arity = ArgumentArity.ZeroOrOne };

    public PulseShowCommand()
        : base("show", "Show a pulse and its root.", "leither pulse show", "leither pulse show 7 -o json") => Add(_sequence);

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        using LedgerClient client = Connect(call);
        string which = call.Value(_sequence)?.ToString() ?? "latest";
        SignedPulseResult result = await client.GetAsync($"/v1/pulses/{which}", ApiJson.Default.SignedPulseResult, null, cancel).ConfigureAwait(false);
        LedgerResult ledger = await client.LedgerAsync(cancel).ConfigureAwait(false);
        call.Write(result, ApiJson.Default.SignedPulseResult, (output, pulse) => WriteText(output, pulse, ledger.Token));
        return ExitCode.Ok;
    }

    private static void WriteText(TextWriter output, SignedPulseResult pulse, string token)
    {
        output.WriteLine($"pulse      {pulse.Sequence}");
        output.WriteLine($"beat       {pulse.Beat}, {pulse.At}");
        output.WriteLine($"root       {pulse.Root}");
        output.WriteLine($"supply     {pulse.Supply} {token}");
        output.WriteLine($"transfers  {pulse.Transfers}");
        output.WriteLine($"statement  {pulse.StatementDigest}");
    }
}
