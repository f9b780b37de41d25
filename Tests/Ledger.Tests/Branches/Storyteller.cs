using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>Makes up transfers of all kinds: most of them good, the rest wrong in every way that a branch can see.</summary>
internal sealed class Storyteller
{
    private const int HoldAheadMs = 300;

    private readonly Random _random;
    private readonly PlainLedger _ledger;
    private readonly Party _organization;
    private readonly List<Party> _parties;
    private readonly List<PlainTransfer> _sent = [];
    private readonly List<PlainTransfer> _reserves = [];

    public Storyteller(Random random, PlainLedger ledger, Party organization, int parties)
    {
        _random = random;
        _ledger = ledger;
        _organization = organization;
        _parties = [.. Enumerable.Range(0, parties).Select(_ => Party.Of(random.Next())), organization];
        for (int i = random.Next(parties); i > 0; i--)
        {
            // Of the ids that differ in ten bits only, two may well be the same.
            Party beside;
            do
            {
                beside = Party.Beside(_parties[0], bits: 10 + random.Next(100), random.Next());
            }
            while (_parties.Any(party => party.Id == beside.Id));

            _parties[i] = beside;
        }
    }

    public IReadOnlyList<Party> Parties => _parties;

    /// <summary>An account as it may be before the story begins: rich or poor, frozen now and then, its nonces anywhere.</summary>
    public AccountRecord MakeRecord(Party party)
    {
        ulong highest = _random.Next(3) switch { 0 => 0ul, 1 => (ulong)_random.Next(100), _ => (ulong)_random.NextInt64() };
        return new AccountRecord
        {
            Id = party.Id,
            Flags = party == _organization ? RecordFlags.System : _random.Next(8) == 0 ? RecordFlags.Frozen : RecordFlags.None,
            Balance = new Amount((ulong)_random.Next(2000)),
            NonceHighest = highest,
            NonceBitmap = highest == 0 ? 0ul : 1ul,
            Salt = (ulong)_random.NextInt64(),
        };
    }

    /// <summary>Some transfers, each made up when those before have been sent.</summary>
    public IEnumerable<PlainTransfer> Tell(ulong now)
    {
        for (int left = 1 + _random.Next(20); left > 0; left--)
        {
            yield return Next(now);
        }
    }

    private PlainTransfer Next(ulong now)
    {
        if (_sent.Count != 0 && _random.Next(6) == 0)
        {
            return Again(_sent[_random.Next(_sent.Count)], now);
        }

        PlainTransfer transfer = _random.Next(12) switch
        {
            0 => Issue(now),
            1 => Bundle(now),
            2 => IssueBundle(now),
            3 or 4 => Reserve(now),
            5 or 6 when _reserves.Count != 0 => OnHold(SomeReserve(), now),
            _ => Pay(now),
        };
        _sent.Add(transfer);
        return transfer;
    }

    /// <summary>The same transfer, as it was or signed anew.</summary>
    private PlainTransfer Again(PlainTransfer transfer, ulong now) => _random.Next(3) switch
    {
        0 when transfer.Kind is TransferKind.Pay or TransferKind.Reserve => transfer with { StandingExpiry = Expiry(now) },
        1 when transfer.ActsOnHold => transfer with { Signer = Anybody() },
        _ => transfer,
    };

    private PlainTransfer Pay(ulong now)
    {
        Party sender = Payer();
        return new PlainTransfer
        {
            Kind = TransferKind.Pay,
            Ledger = new LedgerId(_organization.Id),
            Sender = sender.Id,
            Signer = sender,
            Receiver = (_random.Next(10) == 0 ? sender : Anybody()).Id,
            Amount = SomeAmount(),
            Nonce = NextNonce(sender),
            Expiry = Expiry(now),
            StandingExpiry = _random.Next(4) == 0 ? Expiry(now) : null,
            Reference = _random.Next(1000),
        };
    }

    private PlainTransfer Issue(ulong now) => Pay(now) with
    {
        Kind = TransferKind.Issue,
        Sender = _organization.Id,
        Signer = _organization,
        Nonce = NextNonce(_organization),
        Amount = _random.Next(5) == 0 ? ulong.MaxValue - (ulong)_random.Next(100_000) : SomeAmount(),
        StandingExpiry = null,
    };

    private PlainTransfer Bundle(ulong now)
    {
        PlainItem[] items = [.. Enumerable.Range(0, 1 + _random.Next(5)).Select(
            _ => new PlainItem(Anybody().Id, 1 + (ulong)_random.Next(40), _random.Next(8) == 0 ? Expiry(now) : null))];
        return Pay(now) with
        {
            Kind = TransferKind.Bundle,
            Receiver = default,
            Items = items,
            Amount = (ulong)items.Sum(item => (long)item.Amount),
            StandingExpiry = null,
        };
    }

    private PlainTransfer IssueBundle(ulong now)
    {
        PlainTransfer bundle = Bundle(now);
        return bundle with
        {
            Kind = TransferKind.IssueBundle,
            Sender = _organization.Id,
            Signer = _organization,
            Nonce = NextNonce(_organization),
            Items = [.. bundle.Items.Select(item => item with { StandingExpiry = null })],
        };
    }

    private PlainTransfer Reserve(ulong now)
    {
        PlainTransfer reserve = Pay(now) with
        {
            Kind = TransferKind.Reserve,
            HoldExpiry = now + (ulong)_random.Next(HoldAheadMs),
            Controller = _random.Next(2) == 0 ? Anybody().Id : default,
        };
        _reserves.Add(reserve);
        return reserve;
    }

    /// <summary>A post or a release of what is held now, by somebody who may, as a rule.</summary>
    private PlainTransfer OnHold(PlainTransfer reserve, ulong now)
    {
        ulong held = HeldBy(reserve);
        bool isPost = _random.Next(3) != 0;
        AccountId rightful = _random.Next(2) == 0 && !reserve.Controller.IsZero ? reserve.Controller : isPost ? reserve.Sender : reserve.Receiver;
        Party signer = _random.Next(6) == 0 ? Anybody() : _parties.Find(party => party.Id == rightful)!;
        return reserve with
        {
            Kind = isPost ? TransferKind.Post : TransferKind.Release,
            Signer = signer,
            StandingExpiry = null,
            Receiver = _random.Next(12) == 0 ? Anybody().Id : reserve.Receiver,
            Amount = !isPost ? 0 : _random.Next(3) == 0 ? held : held == 0 ? 1 : 1 + (ulong)_random.NextInt64((long)held),
            HeldBefore = _random.Next(10) == 0 ? held + 1 : held,
            Expiry = Expiry(now),
            Reference = _random.Next(1000),
        };
    }

    /// <summary>Mostly one whose hold is open.</summary>
    private PlainTransfer SomeReserve()
    {
        PlainTransfer[] open = _random.Next(6) == 0 ? [] : [.. _reserves.Where(reserve => HeldBy(reserve) != 0)];
        return open.Length == 0 ? _reserves[_random.Next(_reserves.Count)] : open[_random.Next(open.Length)];
    }

    private ulong HeldBy(PlainTransfer reserve) =>
        _ledger.Holders.GetValueOrDefault(reserve.Sender)?.Holds.GetValueOrDefault(reserve.Nonce).Amount.Units ?? 0;

    /// <summary>Mostly one who can pay.</summary>
    private Party Payer()
    {
        for (int tries = _random.Next(30); tries > 0; tries--)
        {
            Party party = Anybody();
            if (_ledger.Holders.TryGetValue(party.Id, out PlainHolder? holder) && !holder.Flags.HasFlag(RecordFlags.Frozen) && holder.Balance > holder.Held)
            {
                return party;
            }
        }

        return Anybody();
    }

    private Party Anybody()
    {
        if (_random.Next(25) == 0)
        {
            _parties.Add(Party.Of(_random.Next()));
        }

        return _parties[_random.Next(_parties.Count)];
    }

    private ulong SomeAmount() => _random.Next(30) switch
    {
        0 => (ulong)_random.NextInt64(),
        1 => ulong.MaxValue,
        < 6 => 1 + (ulong)_random.Next(2000),
        _ => 1 + (ulong)_random.Next(100),
    };

    private ulong Expiry(ulong now) => _random.Next(20) switch
    {
        0 => now - (ulong)_random.Next(100),
        < 5 => now + (ulong)_random.Next(100),
        5 => ulong.MaxValue,
        _ => now + 100 + (ulong)_random.Next(2000),
    };

    /// <summary>The next one free, as a rule.</summary>
    private ulong NextNonce(Party sender)
    {
        ulong last = _ledger.Holders.GetValueOrDefault(sender.Id)?.Highest ?? 0;
        IEnumerable<PlainTransfer> waiting = _ledger.Branches[_ledger.BranchOf(sender.Id)].Open.Select(entry => entry.Transfer);
        ulong next = waiting.Where(transfer => transfer.Sender == sender.Id && !transfer.ActsOnHold).Select(transfer => transfer.Nonce).Append(last).Max() + 1;
        return _random.Next(16) switch
        {
            0 => Math.Max(1, last - (ulong)_random.Next((int)Math.Min(last, 140) + 1)),
            1 => last + 60 + (ulong)_random.Next(10),
            2 => next + (ulong)_random.Next(40),
            _ => next,
        };
    }
}
