using LeitherCluster.Client;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Commands.Payments;

/// <summary>Receipts on disk: the JSON that the API serves, which is all that an offline verifier needs beside its trust file.</summary>
internal static class ReceiptFiles
{
    /// <summary>Makes sure that a receipt can be saved here.</summary>
    /// <exception cref="CommandFailedException">There is a file already.</exception>
    public static void RequireFree(string? path)
    {
        if (File.Exists(path))
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{path} is there already; name another file for the receipt.");
        }
    }

    /// <summary>Fetches the receipt of a transfer for the holder of a key, checks it against what the node says of its ledger, and saves it.</summary>
    /// <param name="client">the node to ask</param>
    /// <param name="id">the transfer's id</param>
    /// <param name="party">the key that signs the inquiry; its account is the party</param>
    /// <param name="sender">the sender's account, when it is known, which makes the search quicker</param>
    /// <param name="path">where to save it</param>
    /// <param name="cancel">gives up</param>
    public static async Task<byte[]> FetchAsync(LedgerClient client, Hash256 id, PrivateKey party, AccountId? sender, string path, CancellationToken cancel)
    {
        VerifiedReceipt verified = await client.ReceiptAsync(id, party, sender, cancel).ConfigureAwait(false);
        byte[] receipt = JsonText.BytesOf(writer => ReceiptJson.Write(writer, verified.Receipt));
        await File.WriteAllBytesAsync(path, receipt, cancel).ConfigureAwait(false);
        return receipt;
    }
}
