using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Receipts;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Simulation.Clients;

namespace LeitherCluster.Tests.Simulation.Checks;

/// <content>What the door answers to questions.</content>
internal sealed partial class Witness
{
    private readonly SortedSet<(AccountId Receiver, AccountId Payer)> _acceptances = [];

    /// <summary>The acceptances that the ledger said it keeps.</summary>
    public IReadOnlyCollection<(AccountId Receiver, AccountId Payer)> Acceptances => _acceptances;

    /// <summary>An inquiry has its answer, or has failed.</summary>
    public void OnInquiryDone(Inquiry inquiry)
    {
        if (inquiry.Task.Exception?.InnerException is { } failure)
        {
            Require(!inquiry.IsCertain && failure is LedgerUnavailableException, Rule.StateIsReadBack, $"{inquiry.GetType().Name} failed: {failure}");
            return;
        }

        switch (inquiry)
        {
            case AccountInquiry account:
                CheckAccount(account);
                break;
            case ReceiptInquiry receipt:
                CheckReceipt(receipt);
                break;
            case AcceptanceRegistration { Answer.Result: Outcome.Committed } registration:
                _acceptances.Add((registration.Acceptance.Acceptance.Terms.Receiver, registration.Acceptance.Acceptance.Terms.Payer));
                break;
            case AcceptanceInquiry acceptance:
                Require(acceptance.Answer.Result is not null, Rule.AcceptanceIsKept, $"what {acceptance.Receiver} takes from {acceptance.Payer} is not known any more");
                break;
            default:
                break;
        }
    }

    private void CheckAccount(AccountInquiry inquiry)
    {
        if (inquiry.Answer.Result is not { } answer)
        {
            Require(!inquiry.IsCertain, Rule.StateIsReadBack, $"account {inquiry.Id} as of {inquiry.AsOf} is not to be had after pulse {Pulses}");
            return;
        }

        RootStatement statement = answer.Statement.Statement;
        int n = (int)statement.TimeSequence.Value;
        if (n > Pulses || Statements[n - 1].Statement.Digest() != statement.Digest() || (inquiry.AsOf is { } asked && asked.Value != (ulong)n))
        {
            Violate(Rule.StateIsReadBack, $"account {inquiry.Id} as of {inquiry.AsOf} is answered under a statement {n} that was never committed so");
            return;
        }

        (ulong Balance, ulong Frozen)? then = Ledger.History[n].TryGetValue(inquiry.Id, out (ulong Balance, ulong Frozen) found) ? found : null;
        (ulong Balance, ulong Frozen)? said = answer.Record is { } record ? (record.Balance.Units, record.Frozen.Units) : null;
        Require(
            said == then && (ulong)answer.Holds.Sum(static hold => (long)hold.Amount.Units) == (then?.Frozen ?? 0),
            Rule.StateIsReadBack,
            $"account {inquiry.Id} as of {n} is said to have {said} with {answer.Holds.Count} holds, and has {then}");
        ProofVerdict verdict = ProofVerifier.Verify(answer.Proof, new StatedRoot(statement.Root, statement.Sum.Units, (int)statement.Translucency));
        Require(verdict == ProofVerdict.Valid && answer.Proof.Id == inquiry.Id, Rule.StateIsReadBack, $"the proof of account {inquiry.Id} as of {n} is {verdict}");
    }

    private void CheckReceipt(ReceiptInquiry inquiry)
    {
        if (inquiry.Answer.Result is not { } receipt)
        {
            CommittedPlace? known = PlaceOfLeaf(inquiry.Leaf, out _);
            Require(!inquiry.IsCertain, Rule.ReceiptHolds, $"the receipt of {inquiry.Leaf} is not to be had, which stands at {known?.Answer} of {known?.At}; it is {AnnouncedAt}");
            return;
        }

        ReceiptVerdict verdict = ReceiptVerifier.Verify(receipt, Parties.OfThread.Committee, scenario.Parameters.Ledger, out ReceiptFindings? findings);
        CommittedPlace? place = PlaceOfLeaf(inquiry.Leaf, out uint index);
        Require(
            verdict == ReceiptVerdict.Valid && findings!.TransferId == inquiry.Leaf && findings.TimeSequence == place!.Sequence
            && findings.Position.Branch == place.Branch && findings.Position.Place == place.Place + index,
            Rule.ReceiptHolds,
            $"the receipt of {inquiry.Leaf} is {verdict}: {findings?.TimeSequence} {findings?.Position}, and it stands at {place?.Answer}");
    }

    private CommittedPlace? PlaceOfLeaf(Hash256 leaf, out uint index)
    {
        foreach (CommittedPlace place in _committed.Values)
        {
            int at = Array.IndexOf(place.Leaves, leaf);
            if (at >= 0)
            {
                index = (uint)at;
                return place;
            }
        }

        index = 0;
        return null;
    }
}
