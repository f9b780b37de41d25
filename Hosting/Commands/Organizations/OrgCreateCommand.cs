using System.CommandLine;
using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

namespace LeitherCluster.Hosting.Commands.Organizations;

/// <summary><c>leither org create --token TOKEN</c>.</summary>
internal sealed class OrgCreateCommand : LeitherCommand
{
    private readonly Option<string> _data;
    private readonly Option<string?> _key = new("--key", "-k") { Description = "The organization's key file; made as organization.key in the folder when left out.", HelpName = "FILE" };
    private readonly Option<bool> _plain = new("--plain") { Description = "Leave a key that is made unencrypted. For development only." };
    private readonly Option<string> _token = new("--token") { Description = "The token's symbol: 1 to 16 upper-case letters and digits.", HelpName = "SYMBOL", Required = true };
    private readonly Option<int> _decimals = new("--decimals") { Description = "How many decimals amounts have.", HelpName = "N", DefaultValueFactory = _ => 2 };
    private readonly Option<string> _bands = new("--bands") { Description = "How branches hang on trunks: bits of each band, such as 8 (256 branches) or 8+8 (65,536).", HelpName = "N+N", DefaultValueFactory = _ => "8" };
    private readonly Option<int?> _translucency = new("--translucency") { Description = "Down to which bit the tree binds sums, 0 to 160; the branches' depth when left out.", HelpName = "N" };
    private readonly Option<string?> _minimum = new("--minimum") { Description = "The smallest amount of a transfer; the smallest unit when left out.", HelpName = "DECIMAL" };
    private readonly Option<int> _expiry = new("--expiry-minutes") { Description = "How far ahead transfers may expire, 1 to 1440 minutes.", HelpName = "N", DefaultValueFactory = _ => 60 };

    public OrgCreateCommand()
        : base(
            "create",
            "Make an organization's ledger: its key, its token, its parameters, which never change. Then run it with: leither node",
            "leither org create --data ./acme --token ACME",
            "leither org create --data ./acme --token ACME --key acme.key --decimals 3 --minimum 0.010")
    {
        Add(DataOption.Create(out _data));
        Add(_key);
        Add(_plain);
        Add(_token);
        Add(_decimals);
        Add(_bands);
        Add(_translucency);
        Add(_minimum);
        Add(_expiry);
    }

    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        var folder = new LedgerFolder(DataOption.FolderOf(call, _data));
        if (folder.HasLedger)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"There is a ledger already in {folder.Path}. Name another folder with --data.");
        }

        // Everything is checked with a key of the same form before anything is written.
        string? keyFile = call.Value(_key);
        using PrivateKey? fresh = keyFile is null ? PrivateKey.Generate() : null;
        PublicKey organization = fresh?.PublicKey ?? KeyFiles.Read(keyFile!).PublicKey;
        LedgerParameters parameters = LedgerParametersFile.Parse(TextOf(call, organization), "org create");
        folder.Make();
        if (fresh is not null)
        {
            KeyFiles.WriteNew(
                folder.OrganizationKeyFile,
                call.Value(_plain) ? KeyFile.Plain(fresh) : KeyFiles.Encrypt(fresh, KeyFiles.NewPassphrase(folder.OrganizationKeyFile, call.Console)));
        }

        LedgerParametersFile.WriteNew(folder.ParametersFile, parameters);
        var result = new OrgCreated(parameters.Ledger.ToString(), organization.ToString(), parameters.TokenSymbol, keyFile ?? folder.OrganizationKeyFile, folder.ParametersFile);
        call.Write(result, CommandJson.Default.OrgCreated, OrgCreated.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }

    private LedgerParametersText TextOf(CommandCall call, PublicKey organization)
    {
        int decimals = call.Value(_decimals);
        int depth = TreeBands.TryParse(call.Required(_bands), out TreeBands bands) ? bands.DepthBits : 0;
        return new LedgerParametersText(
            organization.ToString(),
            call.Required(_token),
            decimals,
            call.Required(_bands),
            call.Value(_translucency) ?? depth,
            call.Value(_minimum) ?? new Ledger.Values.Amount(1).ToString(Math.Clamp(decimals, 0, LedgerParameters.DecimalsMax)),
            (ulong)Math.Max(0, call.Value(_expiry)) * 60_000,
            HoldAheadMsDefault);
    }

    private const ulong HoldAheadMsDefault = 30 * 24 * 3_600_000UL;
}
