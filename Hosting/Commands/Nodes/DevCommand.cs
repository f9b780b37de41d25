using System.CommandLine;
using System.Runtime.CompilerServices;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Demo;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Hosting.Views;
using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Hosting.Commands.Nodes;

/// <summary><c>leither dev</c>.</summary>
internal sealed class DevCommand : LeitherCommand
{
    private static readonly NodeOptions Defaults = new() { DataFolder = DataOption.DefaultFolder, OpenInquiry = true };

    private readonly NodeFlags _flags = new();

    private readonly Option<int> _traffic = new("--traffic")
    {
        Description = $"Play so many signed payments a second among the demonstration accounts (0 to {DemoTraffic.RateMax}).",
        HelpName = "N",
    };

    public DevCommand()
        : base(
            "dev",
            $"Run a node with a demonstration organization and {DemoLedger.AccountCount:N0} funded accounts, and show its pulses, until Ctrl-C.",
            "leither dev",
            "leither dev --traffic 200",
            "leither dev --data /tmp/demo --url http://127.0.0.1:7701")
    {
        _flags.AddTo(this, Defaults);
        Add(_traffic);
    }

    public override async Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        int rate = call.Value(_traffic);
        if (rate is < 0 or > DemoTraffic.RateMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"--traffic must be from 0 to {DemoTraffic.RateMax}.");
        }

        IReadOnlyDictionary<string, string> given = _flags.Given(call);
        NodeOptions options = NodeOptionsReader.Read(given, call.Console.Environment, NodeFlags.FileInFolder(given, call, Defaults), Defaults);
        var folder = new LedgerFolder(options.DataFolder);
        if (DemoLedger.Prepare(folder))
        {
            call.Note($"Made a demonstration organization in {folder.Path}.");
            call.Note($"warning: {folder.OrganizationKeyFile} is in the clear, for development only.");
        }

        NodeHost host = await NodeHost.StartAsync(options, call.Console, LogLevel.Warning, cancel).ConfigureAwait(false);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel, host.Dismissed);
        await using (host.ConfigureAwait(false))
        {
            await ShowAsync(host, folder, rate, call, stopping.Token).ConfigureAwait(false);
            call.Note("Stopping.");
        }

        LedgerFailure.ThrowIfFailed(host.Node.Gateway.Status);
        return ExitCode.Ok;
    }

    private static async Task ShowAsync(NodeHost host, LedgerFolder folder, int rate, CommandCall call, CancellationToken cancel)
    {
        using PrivateKey organization = KeyFiles.Open(folder.OrganizationKeyFile, call.Console);
        using var accounts = new DemoAccounts(organization, host.Node.Gateway.Parameters.Ledger, call.Console.Clock.GetUtcNow());
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            await new DemoFunding(host.Node.Gateway, accounts, organization, call.Console.Clock).RunUntilDoneAsync(call.Note, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return;
        }

        call.Note($"Ledger {host.Node.Gateway.Parameters.Ledger} at {host.Url}");
        call.Note($"Accounts {KeyReferences.NamePrefix}{DemoLedger.NameOf(1)} to {KeyReferences.NamePrefix}{DemoLedger.NameOf(DemoLedger.AccountCount)}; the API's description is {host.Url}openapi/v1.json");
        call.Note("Ctrl-C stops.");
        var traffic = new DemoTraffic(host.Node.Gateway, accounts, rate, call.Console.Clock);
        Task playing = rate == 0 ? Task.CompletedTask : traffic.RunAsync(stopping.Token);
        Task showing = PulseView.RunAsync(
            call,
            $"ledger {host.Node.Gateway.Parameters.Ledger.ToString()[..8]} at {host.Url}",
            () => Caption(host.Node.Gateway.Status, traffic),
            Pulses(host, stopping.Token),
            stopping.Token);
        Task failing = LedgerFailure.WatchAsync(host.Node.Gateway, stopping.Token);
        Task first = await Task.WhenAny(showing, failing, rate == 0 ? showing : playing).ConfigureAwait(false);
        await stopping.CancelAsync().ConfigureAwait(false);
        await failing.ConfigureAwait(false);
        await showing.ConfigureAwait(false);
        await playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (first.IsFaulted)
        {
            await first.ConfigureAwait(false);
        }
    }

    private static IReadOnlyList<string> Caption(LedgerStatus status, DemoTraffic traffic) =>
    [
        status.Reason.Length == 0 ? ContractMapper.NameOf(status.State) : $"{ContractMapper.NameOf(status.State)}: {status.Reason}",
        $"{status.TransfersCommitted:N0} transfers committed, {status.TransfersPending:N0} pending, {status.TransfersRefused:N0} refused"
            + (traffic.RefusedCount == 0 ? "" : $" ({traffic.RefusedCount:N0} of the traffic's)"),
        $"{status.Accounts:N0} accounts; journal {ByteText.Format(status.JournalBytes)}; {status.BeatsSkipped} beats skipped",
    ];

    private static async IAsyncEnumerable<PulseResult> Pulses(NodeHost host, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (PulseSummary pulse in host.Node.Gateway.WatchPulsesAsync(cancel).ConfigureAwait(false))
        {
            yield return host.Services.Contracts.Map(pulse);
        }
    }
}
