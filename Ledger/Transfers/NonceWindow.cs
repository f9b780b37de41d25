using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Which nonces an account has used, as its record holds it: the highest one, 0 if none, and a bitmap whose bit i says that nonce
/// (highest - i) is used, as IPsec's anti-replay window has it (RFC 4303, section 3.4.3). Nonces are 1 or more.
/// Keeps true: bit 0 is set exactly when highest is not 0.
/// </summary>
public readonly record struct NonceWindow(ulong Highest, ulong Bitmap)
{
    /// <summary>How many nonces the window remembers, and how far above the highest the next may be.</summary>
    public const int Width = 64;

    /// <summary>
    /// <see cref="Outcome.Pending"/> when the nonce may be used; else <see cref="Outcome.NonceUsed"/>, <see cref="Outcome.NonceTooOld"/> or
    /// <see cref="Outcome.NonceTooFarAhead"/>.
    /// </summary>
    public Outcome Check(ulong nonce)
    {
        if (nonce > Highest)
        {
            return nonce - Highest <= Width ? Outcome.Pending : Outcome.NonceTooFarAhead;
        }

        ulong age = Highest - nonce;
        if (age >= Width || nonce == 0)
        {
            return Outcome.NonceTooOld;
        }

        return (Bitmap >> (int)age & 1) == 0 ? Outcome.Pending : Outcome.NonceUsed;
    }

    /// <summary>Whether the nonce may be used.</summary>
    public bool IsFree(ulong nonce) => Check(nonce) == Outcome.Pending;

    /// <summary>Uses a nonce that is free: false, and the same window, when it is not.</summary>
    public bool TryUse(ulong nonce, out NonceWindow used)
    {
        if (!IsFree(nonce))
        {
            used = this;
            return false;
        }

        if (nonce <= Highest)
        {
            used = this with { Bitmap = Bitmap | 1UL << (int)(Highest - nonce) };
            return true;
        }

        ulong ahead = nonce - Highest;
        used = new NonceWindow(nonce, (ahead < Width ? Bitmap << (int)ahead : 0) | 1);
        return true;
    }
}
