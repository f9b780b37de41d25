using LeitherCluster.Hosting.Client;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;

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

    /// <summary>Fetches the receipt of a transfer for the holder of a key, and saves it.</summary>
    /// <param name="client">the node to ask</param>
    /// <param name="id">the transfer's id</param>
    /// <param name="party">the key that signs the inquiry; its account is the party</param>
    /// <param name="sender">the sender's account, when it is known, which makes the search quicker</param>
    /// <param name="path">where to save it</param>
    /// <param name="cancel">gives up</param>
    public static async Task<byte[]> FetchAsync(LeitherClient client, string id, PrivateKey party, string? sender, string path, CancellationToken cancel)
    {
        string target = $"/v1/transfers/{id}/receipt?party={AccountIds.Of(party.PublicKey)}{(sender is null ? "" : $"&sender={sender}")}";
        byte[] receipt = await client.GetBytesAsync(target, "application/json", party, cancel).ConfigureAwait(false);
        await File.WriteAllBytesAsync(path, receipt, cancel).ConfigureAwait(false);
        return receipt;
    }
}
