using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Pipeline;

/// <summary>An account as transfers make it, one at a time and in any order.</summary>
internal sealed class PlainAccount(AccountId id)
{
    private ulong _received;
    private ulong _spent;
    private ulong _highest;
    private ulong _bitmap;
    private (ulong Beat, uint Branch, uint Place)? _opened;
    private Hash256 _secret;

    public ulong Balance => checked(_received - _spent);

    /// <summary>Spends an amount, 0 in an issuance, under a nonce.</summary>
    public void Spend(ulong amount, ulong nonce)
    {
        _spent = checked(_spent + amount);
        if (nonce > _highest)
        {
            ulong ahead = nonce - _highest;
            _bitmap = ahead < NonceWindow.Width ? _bitmap << (int)ahead : 0;
            _highest = nonce;
        }

        if (_highest - nonce < NonceWindow.Width)
        {
            _bitmap |= 1UL << (int)(_highest - nonce);
        }
    }

    /// <summary>Spends an amount under nonces that are spent one by one.</summary>
    public void Spend(ulong amount) => _spent = checked(_spent + amount);

    /// <summary>Takes a credit that is not its first.</summary>
    public void Receive(ulong amount) => _received = checked(_received + amount);

    /// <summary>Takes a credit; the first in the order of beat, source and place opens the account, under its window's secret.</summary>
    public void Receive(ulong amount, in WindowBlock window, uint place)
    {
        _received = checked(_received + amount);
        (ulong, uint, uint) at = (window.Beat.Value, window.Branch, place);
        if (_opened is null || at.CompareTo(_opened.Value) < 0)
        {
            _opened = at;
            _secret = window.Secret;
        }
    }

    public AccountRecord Record(RecordFlags flags) => new()
    {
        Id = id,
        Flags = flags,
        Balance = new Amount(Balance),
        NonceHighest = _highest,
        NonceBitmap = _bitmap,
        Salt = _opened is null ? 0 : BranchLedger.SaltOf(_secret, id),
    };
}
