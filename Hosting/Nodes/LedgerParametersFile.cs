using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>The file <c>ledger.json</c>: what an organization fixed for its ledger. It is written once; the journal binds it by digest.</summary>
internal static class LedgerParametersFile
{
    private const int SizeBytesMax = 64 << 10;

    /// <summary>Reads and checks the parameters.</summary>
    /// <exception cref="CommandFailedException">There is no such file, or it is wrong.</exception>
    public static LedgerParameters Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is no ledger: {path} is missing. Make one with 'leither org create', or start 'leither dev'.");
        }

        if (new FileInfo(path).Length > SizeBytesMax)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path} is too long to be a ledger's parameters.");
        }

        LedgerParametersText text;
        try
        {
            text = JsonSerializer.Deserialize(File.ReadAllBytes(path), LedgerParametersJson.Default.LedgerParametersText)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path}: {exception.Message}");
        }

        return Parse(text, path);
    }

    /// <summary>Makes parameters of their text.</summary>
    /// <param name="source">what to name when something is wrong</param>
    /// <exception cref="CommandFailedException">Something is wrong with them.</exception>
    public static LedgerParameters Parse(LedgerParametersText text, string source)
    {
        if (!PublicKey.TryParse(text.OrganizationKey, out PublicKey organization))
        {
            throw Wrong(source, "organizationKey must be 64 hexadecimal digits");
        }

        if (!TreeBands.TryParse(text.Bands, out TreeBands bands))
        {
            throw Wrong(source, Explain(LedgerParametersFault.Bands));
        }

        if (text.Decimals is < 0 or > LedgerParameters.DecimalsMax)
        {
            throw Wrong(source, Explain(LedgerParametersFault.Decimals));
        }

        if (!Amount.TryParse(text.MinimumAmount, text.Decimals, out Amount minimum))
        {
            throw Wrong(source, $"minimumAmount must be a plain decimal with at most {text.Decimals} decimals");
        }

        var parameters = new LedgerParameters
        {
            OrganizationKey = organization,
            TokenSymbol = text.Token,
            Decimals = text.Decimals,
            Bands = bands,
            Translucency = text.Translucency,
            MinimumAmount = minimum,
            ExpiryAheadMs = text.ExpiryAheadMs,
            HoldAheadMs = text.HoldAheadMs,
        };
        LedgerParametersFault fault = parameters.Check();
        return fault == LedgerParametersFault.None ? parameters : throw Wrong(source, Explain(fault));
    }

    /// <summary>Writes the file of a new ledger.</summary>
    /// <exception cref="CommandFailedException">There is a ledger already.</exception>
    public static void WriteNew(string path, LedgerParameters parameters)
    {
        if (File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is a ledger already: {path}. Name another folder.");
        }

        var text = new LedgerParametersText(
            parameters.OrganizationKey.ToString(),
            parameters.TokenSymbol,
            parameters.Decimals,
            parameters.Bands.ToString(),
            parameters.Translucency,
            parameters.MinimumAmount.ToString(parameters.Decimals),
            parameters.ExpiryAheadMs,
            parameters.HoldAheadMs);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, JsonSerializer.Serialize(text, LedgerParametersJson.Default.LedgerParametersText) + "\n");
    }

    private static CommandFailedException Wrong(string source, string what) => new(ExitCode.BadInput, $"{source}: {what}.");

    private static string Explain(LedgerParametersFault fault) => fault switch
    {
        LedgerParametersFault.Decimals => $"decimals must be from 0 to {LedgerParameters.DecimalsMax}",
        LedgerParametersFault.Translucency => $"translucency must be from 0 to {AccountId.SizeBits}",
        LedgerParametersFault.Bands => $"bands must be such as 8 or 8+8: 1 to {TreeBands.CountMax} numbers from 1 to {TreeBands.BitsMax}, {TreeBands.DepthBitsMax} together at the most",
        LedgerParametersFault.TokenSymbol => $"token must be 1 to {LedgerParameters.TokenSymbolLengthMax} upper-case letters and digits, the first a letter",
        LedgerParametersFault.MinimumAmount => "minimumAmount must not be zero",
        LedgerParametersFault.ExpiryAheadMax => $"expiryAheadMs must be from {LedgerParameters.ExpiryAheadMsMin} to {LedgerParameters.ExpiryAheadMsMax}",
        LedgerParametersFault.HoldAheadMax => $"holdAheadMs must be from expiryAheadMs to {LedgerParameters.HoldAheadMsMax}",
        _ => fault.ToString(),
    };
}
