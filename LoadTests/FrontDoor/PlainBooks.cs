using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>What transfers that were answered "committed" do to the parties' balances, by plain additions: an oracle for the ledger.</summary>
internal sealed class PlainBooks
{
    private readonly Dictionary<AccountId, int> _numbers;
    private readonly long[] _changes;
    private readonly long[] _held;

    public PlainBooks(AccountId[] parties)
    {
        _numbers = parties.Select((id, number) => (id, number)).ToDictionary(party => party.id, party => party.number);
        _changes = new long[parties.Length];
        _held = new long[parties.Length];
    }

    /// <summary>By how much each party's balance changed, in units.</summary>
    public IReadOnlyList<long> Changes => _changes;

    /// <summary>By how much what is held of each changed.</summary>
    public IReadOnlyList<long> Held => _held;

    /// <summary>Books the frames that were committed.</summary>
    /// <param name="frames">one behind the other</param>
    /// <param name="answers">of each</param>
    public void Book(ReadOnlySpan<byte> frames, ReadOnlySpan<TransferAnswer> answers)
    {
        foreach (TransferAnswer answer in answers)
        {
            var frame = new TransferFrame(frames);
            if (answer.Outcome == Outcome.Committed)
            {
                Book(frame);
            }

            frames = frames[frame.LengthBytes..];
        }
    }

    /// <summary>Adds what another booked.</summary>
    public void Add(IReadOnlyList<long> changes, IReadOnlyList<long> held)
    {
        for (int i = 0; i < _changes.Length; i++)
        {
            _changes[i] += changes[i];
            _held[i] += held[i];
        }
    }

    private void Book(in TransferFrame frame)
    {
        ref readonly TransferBody body = ref frame.Body;
        long amount = checked((long)body.Amount.Units);
        int sender = _numbers[body.Sender];
        switch (body.Kind)
        {
            case TransferKind.Bundle:
                _changes[sender] -= amount;
                foreach (BundleItem item in frame.Items)
                {
                    _changes[_numbers[item.Receiver]] += (long)item.Amount.Units;
                }

                break;
            case TransferKind.Reserve:
                _held[sender] += amount;
                break;
            case TransferKind.Post:
                _held[sender] -= amount;
                goto case TransferKind.Pay;
            case TransferKind.Pay:
                _changes[sender] -= amount;
                _changes[_numbers[body.Receiver]] += amount;
                break;
            default:
                // A release names no amount; all holds of a load are alike.
                _held[sender] -= (long)ReleasedUnits;
                break;
        }
    }

    /// <summary>What every hold of the load holds.</summary>
    public ulong ReleasedUnits { get; init; } = 1;
}
