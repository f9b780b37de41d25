using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Simulation.Checks;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <content>What clients ask through the door.</content>
internal sealed partial class Traffic
{
    private readonly List<Inquiry> _inquiries = [];

    /// <summary>Questions without an answer yet.</summary>
    public int Asking => _inquiries.Count;

    /// <summary>One client asks something.</summary>
    public void Ask()
    {
        if (Gateway is not { Status.State: LedgerState.Running })
        {
            return;
        }

        switch ((int)chance.Next(4))
        {
            case 0:
                AskReceipts(1, certain: false);
                break;
            case 1:
                RegisterAcceptance();
                break;
            default:
                ulong newest = (ulong)witness.Pulses;
                TimeSequence? asOf = newest == 0 || chance.Hits(0.5) ? null : new TimeSequence(1 + chance.Next(newest));
                AskAccount(Parties.OfThread.Ids[AnyParty()], asOf, certain: false);
                break;
        }
    }

    /// <summary>Asks for every account as of a pulse, or the newest.</summary>
    public void AskAllAccounts(TimeSequence? asOf, bool certain)
    {
        AskAccount(Parties.OfThread.OrganizationId, asOf, certain);
        for (int party = 0; party < scenario.PartyCount; party++)
        {
            AskAccount(Parties.OfThread.Ids[party], asOf, certain);
        }
    }

    /// <summary>Asks for the receipts of some transfers that are committed.</summary>
    public void AskReceipts(int count, bool certain)
    {
        CommittedPlace[] places = [.. witness.Committed.Values.Where(place => !certain || IsRetained(place))];
        for (int i = 0; i < count && places.Length > 0; i++)
        {
            CommittedPlace place = places[chance.Next((ulong)places.Length)];
            int leaf = (int)chance.Next((ulong)place.Leaves.Length);
            AccountId party = place.Parties[chance.Hits(0.5) ? leaf : place.Parties.Length - 1];
            Hash256 id = place.Leaves[leaf];
            AccountId? sender = chance.Hits(0.5) ? place.Parties[^1] : null;
            _inquiries.Add(new ReceiptInquiry(id, party, Gateway!.MakeReceiptAsync(id, sender, party, CancellationToken.None)) { IsCertain = certain, Door = Gateway });
        }
    }

    /// <summary>Asks for all acceptances that were registered.</summary>
    public void AskAcceptances()
    {
        foreach ((AccountId receiver, AccountId payer) in witness.Acceptances)
        {
            Task<RegisteredAcceptance?> answer = Gateway!.FindAcceptanceAsync(receiver, payer, new Amount(1), CancellationToken.None);
            _inquiries.Add(new AcceptanceInquiry(receiver, payer, answer) { IsCertain = true, Door = Gateway });
        }
    }

    private void AskAccount(AccountId id, TimeSequence? asOf, bool certain) =>
        _inquiries.Add(new AccountInquiry(id, asOf, Gateway!.ReadAccountAsync(id, asOf, CancellationToken.None)) { IsCertain = certain, Door = Gateway });

    private void RegisterAcceptance()
    {
        int receiver = (int)chance.Next(4);
        var terms = new StandingTerms
        {
            Ledger = scenario.Parameters.Ledger,
            Receiver = Parties.OfThread.Ids[receiver],
            Payer = Parties.OfThread.Ids[4 + (int)chance.Next(4)],
            LargestAmount = new Amount(1 + chance.Next(1_000)),
            Expiry = new Timestamp(ulong.MaxValue),
        };
        var acceptance = new RegisteredAcceptance(
            Parties.OfThread.Key(receiver).PublicKey, StandingAcceptance.Sign(terms, Parties.OfThread.Key(receiver)));
        Task<Outcome> answer = Gateway!.RegisterAcceptanceAsync(acceptance.Receiver, acceptance.Acceptance, CancellationToken.None);
        _inquiries.Add(new AcceptanceRegistration(acceptance, answer) { IsCertain = false, Door = Gateway });
    }

    private bool IsRetained(CommittedPlace place) =>
        place.Sequence.Value + scenario.PulsesRetained > (ulong)witness.Pulses && time().UnixMs - place.At.UnixMs < scenario.Parameters.ExpiryAheadMs;

    private void PollInquiries()
    {
        for (int i = 0; i < _inquiries.Count; i++)
        {
            if (_inquiries[i].Task.IsCompleted)
            {
                Inquiry inquiry = _inquiries[i];
                _inquiries.RemoveAt(i--);
                witness.OnInquiryDone(inquiry);
            }
        }
    }
}
