using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// The nonces that an account's transfers in the open window have reserved, over the window as the last seal left it. All transfers
/// of a beat are judged against that one base, and used together, so their order does not matter: what was free when it
/// was reserved is still good at the seal, however far the others move the highest nonce.
/// </summary>
public record struct NonceReservations
{
    // Bit i stands for nonce (highest + 64 - i): those that lie ahead of the base's highest.
    private ulong _ahead;

    // Bit i stands for nonce (highest - i), as in the base's bitmap.
    private ulong _behind;

    public NonceReservations(NonceWindow sealedWindow) => Base = sealedWindow;

    /// <summary>The window as the last seal left it.</summary>
    public NonceWindow Base { get; private set; }

    /// <summary>How many nonces are reserved: 0 to 128, of which at most 64 lie ahead of the base.</summary>
    public readonly int Count => BitOperations.PopCount(_ahead) + BitOperations.PopCount(_behind);

    /// <summary>The window after all reserved nonces are used.</summary>
    public readonly NonceWindow Used
    {
        get
        {
            ulong bitmap = Base.Bitmap | _behind;
            if (_ahead == 0)
            {
                return Base with { Bitmap = bitmap };
            }

            int unused = BitOperations.TrailingZeroCount(_ahead);
            ulong older = unused == 0 ? 0 : bitmap << (NonceWindow.Width - unused);
            return new NonceWindow(unchecked(Base.Highest + NonceWindow.Width - (ulong)unused), _ahead >> unused | older);
        }
    }

    /// <summary>As <see cref="NonceWindow.Check"/>; a reserved nonce is <see cref="Outcome.NonceUsed"/>.</summary>
    public readonly Outcome Check(ulong nonce)
    {
        Outcome outcome = Base.Check(nonce);
        return outcome == Outcome.Pending && IsReserved(nonce) ? Outcome.NonceUsed : outcome;
    }

    /// <summary>Reserves a nonce; what is said when it cannot be is <see cref="Check"/>'s answer.</summary>
    public Outcome Reserve(ulong nonce)
    {
        Outcome outcome = Check(nonce);
        if (outcome == Outcome.Pending)
        {
            Flip(nonce);
        }

        return outcome;
    }

    /// <summary>Gives back a nonce whose transfer is left out of the window.</summary>
    /// <exception cref="InvalidOperationException">It was not reserved.</exception>
    public void GiveBack(ulong nonce)
    {
        if (!Base.IsFree(nonce) || !IsReserved(nonce))
        {
            ThrowNotReserved(nonce);
        }

        Flip(nonce);
    }

    /// <summary>The window after all reserved nonces are used; it becomes the base, with none reserved.</summary>
    public NonceWindow Seal()
    {
        Reset(Used);
        return Base;
    }

    /// <summary>Begins anew, in place, with none reserved.</summary>
    public void Reset(NonceWindow sealedWindow)
    {
        Base = sealedWindow;
        _ahead = 0;
        _behind = 0;
    }

    // Of a nonce that the base leaves free.
    private readonly bool IsReserved(ulong nonce) => nonce > Base.Highest
        ? (_ahead & AheadBit(nonce)) != 0
        : (_behind & BehindBit(nonce)) != 0;

    private void Flip(ulong nonce)
    {
        if (nonce > Base.Highest)
        {
            _ahead ^= AheadBit(nonce);
        }
        else
        {
            _behind ^= BehindBit(nonce);
        }
    }

    private readonly ulong AheadBit(ulong nonce) => 1UL << (int)unchecked(Base.Highest + NonceWindow.Width - nonce);

    private readonly ulong BehindBit(ulong nonce) => 1UL << (int)(Base.Highest - nonce);

    [DoesNotReturn]
    private static void ThrowNotReserved(ulong nonce) => throw new InvalidOperationException($"Nonce {nonce} is not reserved.");
}
