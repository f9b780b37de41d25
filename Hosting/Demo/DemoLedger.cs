using LeitherCluster.Hosting.Keys;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Demo;

/// <summary>The demonstration organization: made on the first start in a folder, found again on every later one.</summary>
internal static class DemoLedger
{
    /// <summary>How many accounts are funded.</summary>
    public const int AccountCount = 1_000;

    /// <summary>Decimals of its token.</summary>
    public const int Decimals = 2;

    private const string Token = "DEMO";
    private const byte DepthBits = 8;

    /// <summary>What each account is funded with: 10,000.00.</summary>
    public static Amount Opening { get; } = new(1_000_000);

    /// <summary>The name of an account, from 1 to <see cref="AccountCount"/>.</summary>
    public static string NameOf(int number) => $"demo-{number}";

    /// <summary>Makes keys and parameters where there are none.</summary>
    /// <returns>Whether they were made now.</returns>
    /// <exception cref="Commands.CommandFailedException">The folder cannot be used.</exception>
    public static bool Prepare(LedgerFolder folder)
    {
        folder.Make();
        if (folder.HasLedger)
        {
            return false;
        }

        // The ledger's file is written last: a first start that was cut short is simply done again, with the key that is there.
        if (!File.Exists(folder.OrganizationKeyFile))
        {
            using PrivateKey made = PrivateKey.Generate();
            KeyFiles.WriteNew(folder.OrganizationKeyFile, KeyFile.Plain(made));
        }

        TreeBands.TryCreate([DepthBits], out TreeBands bands);
        LedgerParametersFile.WriteNew(folder.ParametersFile, new LedgerParameters
        {
            OrganizationKey = KeyFiles.Read(folder.OrganizationKeyFile).PublicKey,
            TokenSymbol = Token,
            Decimals = Decimals,
            Bands = bands,
            Translucency = DepthBits,
        });
        return true;
    }
}
