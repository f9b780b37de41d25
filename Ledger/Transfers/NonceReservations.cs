using System.Diagnostics.CodeAnalysis;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// The nonces that an account's transfers in the open window have reserved, over the window as the last seal left it. All transfers
/// of a beat are judged against that one base, and used together, so their order does not matter: what was free when it
/// was reserved is still good at the seal, however far the others move the highest nonce.
/// </summary>
public record struct NonceReservations
{
    // Bit i stands for nonce (highest + 64 - i): bits 0 to 63 lie ahead of the base's highest, bits 64 to 127 are its bitmap's.
    private UInt128 _reserved;

    public NonceReservations(NonceWindow sealedWindow)
    {
        Base = sealedWindow;
        _reserved = UInt128.Zero;
    }

    /// <summary>The window as the last seal left it.</summary>
    public NonceWindow Base { get; private set; }

    /// <summary>How many nonces are reserved: 0 to 128, of which at most 64 lie ahead of the base.</summary>
    public readonly int Count => (int)UInt128.PopCount(_reserved);

    /// <summary>As <see cref="NonceWindow.Check"/>; a reserved nonce is <see cref="Outcome.NonceUsed"/>.</summary>
    public readonly Outcome Check(ulong nonce)
    {
        Outcome outcome = Base.Check(nonce);
        return outcome == Outcome.Pending && (_reserved & Bit(nonce)) != 0 ? Outcome.NonceUsed : outcome;
    }

    /// <summary>Reserves a nonce; what is said when it cannot be is <see cref="Check"/>'s answer.</summary>
    public Outcome Reserve(ulong nonce)
    {
        Outcome outcome = Check(nonce);
        if (outcome == Outcome.Pending)
        {
            _reserved |= Bit(nonce);
        }

        return outcome;
    }

    /// <summary>Gives back a nonce whose transfer is left out of the window.</summary>
    /// <exception cref="InvalidOperationException">It was not reserved.</exception>
    public void GiveBack(ulong nonce)
    {
        if (!Base.IsFree(nonce) || (_reserved & Bit(nonce)) == 0)
        {
            ThrowNotReserved(nonce);
        }

        _reserved &= ~Bit(nonce);
    }

    /// <summary>The window after all reserved nonces are used; it becomes the base, with none reserved.</summary>
    public NonceWindow Seal()
    {
        UInt128 used = (UInt128)Base.Bitmap << NonceWindow.Width | _reserved;
        if (used != 0)
        {
            int shift = (int)UInt128.TrailingZeroCount(used);
            Base = new NonceWindow(unchecked(Base.Highest + NonceWindow.Width - (ulong)shift), (ulong)(used >> shift));
        }

        _reserved = UInt128.Zero;
        return Base;
    }

    private readonly UInt128 Bit(ulong nonce) => UInt128.One << (int)unchecked(Base.Highest + NonceWindow.Width - nonce);

    [DoesNotReturn]
    private static void ThrowNotReserved(ulong nonce) => throw new InvalidOperationException($"Nonce {nonce} is not reserved.");
}
