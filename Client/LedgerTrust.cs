using LeitherCluster.Client.Contracts;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Client;

/// <summary>All that a verifier takes on trust: which ledger it is, and whose signatures make its root statements valid.</summary>
public sealed record LedgerTrust(LedgerId Ledger, Committee Committee)
{
    /// <summary>What a node says of its ledger, or a trust file holds; null when it makes no sense.</summary>
    public static LedgerTrust? Of(LedgerResult ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return LedgerId.TryParse(ledger.Ledger, out LedgerId id) && CommitteeOf(ledger.Committee) is { } committee ? new LedgerTrust(id, committee) : null;
    }

    private static Committee? CommitteeOf(CommitteeResult text)
    {
        var keys = new List<PublicKey>();
        foreach (string member in text.Keys)
        {
            if (!PublicKey.TryParse(member, out PublicKey key))
            {
                return null;
            }

            keys.Add(key);
        }

        return Committee.TryCreate(text.Threshold, keys, out Committee? committee) == CommitteeFault.None ? committee : null;
    }
}
