using System.Text.Json;
using LeitherCluster.Client;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>All that an offline verifier takes on trust: which ledger, and whose signatures count. Tokens and decimals are for display.</summary>
internal sealed record Trust(LedgerId Ledger, Committee Committee, string Token, int Decimals)
{
    /// <summary>Reads a trust file.</summary>
    /// <exception cref="CommandFailedException">There is none, or it is none.</exception>
    public static Trust Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is no trust file {path}. Save one with: leither org show -o json > trust.json");
        }

        LedgerResult? ledger;
        try
        {
            ledger = JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiJson.Default.LedgerResult);
        }
        catch (JsonException)
        {
            ledger = null;
        }

        return ledger is not null && LedgerTrust.Of(ledger) is { } trust && ledger.Decimals is >= 0 and <= LeitherCluster.Ledger.Transfers.LedgerParameters.DecimalsMax
            ? new Trust(trust.Ledger, trust.Committee, ledger.Token, ledger.Decimals)
            : throw new CommandFailedException(ExitCode.BadInput, $"{path} is no trust file. Save one with: leither org show -o json > trust.json");
    }
}
