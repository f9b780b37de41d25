using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Keys;

/// <summary>
/// Resolves what people write for keys and accounts: the path of a key file; <c>name:NAME</c>, the account of that name whose key follows
/// from the organization's (see <see cref="DemoKeys"/>); for an account also its id, or a public key.
/// </summary>
internal sealed class KeyReferences(string dataFolder, CommandConsole console)
{
    /// <summary>What a reference to a named account begins with.</summary>
    public const string NamePrefix = "name:";

    /// <summary>Opens the key that is meant; the caller disposes of it.</summary>
    /// <exception cref="CommandFailedException">There is none, or its passphrase is wrong.</exception>
    public PrivateKey OpenKey(string reference)
    {
        if (!reference.StartsWith(NamePrefix, StringComparison.Ordinal))
        {
            return KeyFiles.Open(reference, console);
        }

        string file = new LedgerFolder(dataFolder).OrganizationKeyFile;
        if (!File.Exists(file))
        {
            throw new CommandFailedException(
                ExitCode.BadInput,
                $"{reference} needs the organization's key, and there is no {file}. Say where the ledger's folder is with --data.");
        }

        using PrivateKey organization = KeyFiles.Open(file, console);
        using var names = new DemoKeys(organization);
        return names.KeyOf(reference[NamePrefix.Length..]);
    }

    /// <summary>The account that is meant.</summary>
    /// <exception cref="CommandFailedException">The reference says nothing.</exception>
    public AccountId AccountOf(string reference)
    {
        if (AccountId.TryParse(reference, out AccountId account))
        {
            return account;
        }

        if (PublicKey.TryParse(reference, out PublicKey key))
        {
            return AccountIds.Of(key);
        }

        if (reference.StartsWith(NamePrefix, StringComparison.Ordinal))
        {
            using PrivateKey named = OpenKey(reference);
            return AccountIds.Of(named.PublicKey);
        }

        return File.Exists(reference)
            ? AccountIds.Of(KeyFiles.Read(reference).PublicKey)
            : throw new CommandFailedException(
                ExitCode.BadInput,
                $"'{reference}' is no account: write its id (40 hexadecimal digits), its public key (64), a key file, or {NamePrefix}NAME.");
    }
}
