using System.CommandLine;
using System.Text;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Payments;

/// <summary>The options of every command that sends a transfer.</summary>
internal sealed class TransferOptions
{
    private readonly Option<string?> _reference = new("--reference", "-r") { Description = $"Your own remark, at most {Reference.SizeBytes} bytes.", HelpName = "TEXT" };
    private readonly Option<ulong?> _expiry = new("--expiry") { Description = "When the transfer expires, in ms since 1970; in ten minutes when left out.", HelpName = "MS" };

    private readonly Option<bool> _wait = new("--wait", "-w") { Description = "Wait until it is committed." };

    private readonly Option<ulong?> _nonce = new("--nonce") { Description = "Use this nonce and no other, to send the very same transfer again.", HelpName = "N" };

    public static void WriteText(TextWriter output, TransferResult result)
    {
        output.WriteLine($"transfer  {result.Id}");
        output.WriteLine(result.Sequence is { } sequence
            ? $"outcome   {result.Outcome} in pulse {sequence} (branch {result.Branch}, place {result.Place})"
            : $"outcome   {result.Outcome}");
    }

    public void AddTo(Command command)
    {
        command.Add(_reference);
        command.Add(_wait);
        command.Add(_nonce);
        command.Add(_expiry);
    }

    /// <summary>The reference, filled up with zeros.</summary>
    /// <exception cref="CommandFailedException">It is too long.</exception>
    private Reference ReferenceOf(CommandCall call)
    {
        string text = call.Value(_reference) ?? "";
        return Encoding.UTF8.GetByteCount(text) <= Reference.SizeBytes
            ? References.Of(text)
            : throw new CommandFailedException(ExitCode.BadInput, $"--reference has more than {Reference.SizeBytes} bytes.");
    }

    /// <summary>Sends a transfer as the options say.</summary>
    /// <param name="call">has them</param>
    /// <param name="sender">sends it</param>
    /// <param name="draft">kind, receiver, amount</param>
    /// <param name="write">makes the frame</param>
    /// <param name="mustCommit">whether to wait for the commit, also where no option says so</param>
    /// <param name="cancel">gives up</param>
    /// <exception cref="CommandFailedException">No answer came; the message says how to send the very same transfer again, which is safe.</exception>
    public async Task<TransferResult> SendAsync(
        CommandCall call, TransferSender sender, TransferBody draft, TransferSender.FrameWriter write, bool mustCommit, CancellationToken cancel)
    {
        try
        {
            Timestamp? expiry = call.Value(_expiry) is { } ms ? new Timestamp(ms) : null;
            return await sender.SendAsync(draft with { Reference = ReferenceOf(call) }, write, call.Value(_nonce), expiry, mustCommit || call.Value(_wait), cancel).ConfigureAwait(false);
        }
        catch (LedgerClientException failure) when (failure.IsTransient && failure.Outcome != Outcome.Busy && sender.LastSent.Nonce != 0)
        {
            throw new CommandFailedException(
                ClientFailures.ExitCodeOf(failure),
                $"{ClientFailures.Explain(failure)} The very same transfer may be sent again safely: add --nonce {sender.LastSent.Nonce} --expiry {sender.LastSent.Expiry.UnixMs}");
        }
    }
}
