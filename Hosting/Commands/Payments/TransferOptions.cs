using System.CommandLine;
using System.Text;
using LeitherCluster.Hosting.Api.Contracts;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Payments;

/// <summary>The options of every command that sends a transfer.</summary>
internal sealed class TransferOptions
{
    private readonly Option<string?> _reference = new("--reference", "-r") { Description = $"Your own remark, at most {Reference.SizeBytes} bytes.", HelpName = "TEXT" };
    private readonly Option<ulong?> _expiry = new("--expiry") { Description = "When the transfer expires, in ms since 1970; in ten minutes when left out.", HelpName = "MS" };

    /// <summary>Whether to wait for the commit.</summary>
    public Option<bool> Wait { get; } = new("--wait", "-w") { Description = "Wait until it is committed." };

    /// <summary>The nonce to use and no other.</summary>
    public Option<ulong?> Nonce { get; } = new("--nonce") { Description = "Use this nonce and no other, to send the very same transfer again.", HelpName = "N" };

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
        command.Add(Wait);
        command.Add(Nonce);
        command.Add(_expiry);
    }

    /// <summary>The reference, filled up with zeros.</summary>
    /// <exception cref="CommandFailedException">It is too long.</exception>
    public Reference ReferenceOf(CommandCall call)
    {
        string text = call.Value(_reference) ?? "";
        return Encoding.UTF8.GetByteCount(text) <= Reference.SizeBytes
            ? References.Of(text)
            : throw new CommandFailedException(ExitCode.BadInput, $"--reference has more than {Reference.SizeBytes} bytes.");
    }

    public Timestamp? ExpiryOf(CommandCall call) => call.Value(_expiry) is { } ms ? new Timestamp(ms) : null;
}
