using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// The open holds of one account. Keeps true: at most 64, in ascending order of nonce, none of zero, and their sum fits 64 bits; the
/// account's record has that sum as its frozen part. A refused call changes nothing.
/// </summary>
public sealed class HoldBook
{
    /// <summary>The most holds that an account has open.</summary>
    public const int CountMax = 64;

    private readonly List<Hold> _holds;

    public HoldBook() => _holds = [];

    private HoldBook(ReadOnlySpan<Hold> holds, Amount held)
    {
        _holds = [.. holds];
        Held = held;
    }

    /// <summary>The open holds, in ascending order of nonce.</summary>
    public ReadOnlySpan<Hold> Holds => CollectionsMarshal.AsSpan(_holds);

    public int Count => _holds.Count;

    /// <summary>What all of them hold.</summary>
    public Amount Held { get; private set; }

    /// <summary>The length of the binary form.</summary>
    public int SizeBytes => _holds.Count * Hold.SizeBytes;

    /// <summary>
    /// Reads the binary form, which is the holds one behind the other; false when a book cannot have held them.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out HoldBook? book)
    {
        book = null;
        if (bytes.Length % Hold.SizeBytes != 0 || bytes.Length > CountMax * Hold.SizeBytes)
        {
            return false;
        }

        ReadOnlySpan<Hold> holds = MemoryMarshal.Cast<byte, Hold>(bytes);
        Amount held = Amount.Zero;
        ulong lastNonce = 0;
        foreach (ref readonly Hold hold in holds)
        {
            if (hold.Nonce <= lastNonce || hold.Amount == Amount.Zero || hold.Receiver.IsZero || !held.TryAdd(hold.Amount, out held))
            {
                return false;
            }

            lastNonce = hold.Nonce;
        }

        book = new HoldBook(holds, held);
        return true;
    }

    /// <summary>Writes the binary form, <see cref="SizeBytes"/> bytes.</summary>
    public void CopyTo(Span<byte> destination) => MemoryMarshal.AsBytes(Holds).CopyTo(destination);

    /// <summary>A book of its own with the same holds.</summary>
    public HoldBook Copy() => new(Holds, Held);

    /// <summary>
    /// Opens a hold: <see cref="Outcome.Pending"/>, or <see cref="Outcome.TooManyHolds"/>. That the balance covers it, and that its nonce is fresh,
    /// has been seen to.
    /// </summary>
    /// <exception cref="ArgumentException">The nonce has an open hold already, or the hold is of zero: no such transfer can have been accepted.</exception>
    /// <exception cref="OverflowException">The sum does not fit 64 bits: no balance can have covered it.</exception>
    public Outcome Reserve(in Hold hold)
    {
        int place = IndexOf(hold.Nonce);
        if (place >= 0 || hold.Amount == Amount.Zero)
        {
            throw new ArgumentException($"Hold {hold.Nonce} is open already or holds nothing.", nameof(hold));
        }

        if (_holds.Count == CountMax)
        {
            return Outcome.TooManyHolds;
        }

        Held += hold.Amount;
        _holds.Insert(~place, hold);
        return Outcome.Pending;
    }

    /// <summary>
    /// What a post would get, in the order of the outcomes' numbers: <see cref="Outcome.UnknownHold"/>; <see cref="Outcome.HoldMismatch"/> for another
    /// receiver, another amount held than the post says, or a smaller one than it pays; <see cref="Outcome.NotPermitted"/> when the signer is neither
    /// owner nor controller; else <see cref="Outcome.Pending"/>.
    /// </summary>
    public Outcome CheckPost(in TransferBody post, Amount heldBefore, in AccountId signer)
    {
        int place = IndexOf(post.Nonce);
        if (place < 0)
        {
            return Outcome.UnknownHold;
        }

        ref readonly Hold hold = ref Holds[place];
        if (hold.Receiver != post.Receiver || hold.Amount != heldBefore || post.Amount > hold.Amount)
        {
            return Outcome.HoldMismatch;
        }

        return signer == post.Sender || IsController(hold, signer) ? Outcome.Pending : Outcome.NotPermitted;
    }

    /// <summary>Takes what a post pays out of its hold, which is closed when nothing is left. Answers as <see cref="CheckPost"/>.</summary>
    public Outcome Post(in TransferBody post, Amount heldBefore, in AccountId signer)
    {
        Outcome outcome = CheckPost(post, heldBefore, signer);
        if (outcome != Outcome.Pending)
        {
            return outcome;
        }

        int place = IndexOf(post.Nonce);
        Amount left = heldBefore - post.Amount;
        Held -= post.Amount;
        if (left == Amount.Zero)
        {
            _holds.RemoveAt(place);
        }
        else
        {
            _holds[place] = _holds[place] with { Amount = left };
        }

        return Outcome.Pending;
    }

    /// <summary>
    /// What a release would get, in the order of the outcomes' numbers: <see cref="Outcome.UnknownHold"/>; <see cref="Outcome.HoldMismatch"/> for
    /// another receiver; <see cref="Outcome.NotPermitted"/> when the signer is neither receiver nor controller; else <see cref="Outcome.Pending"/>.
    /// </summary>
    public Outcome CheckRelease(in TransferBody release, in AccountId signer)
    {
        int place = IndexOf(release.Nonce);
        if (place < 0)
        {
            return Outcome.UnknownHold;
        }

        ref readonly Hold hold = ref Holds[place];
        if (hold.Receiver != release.Receiver)
        {
            return Outcome.HoldMismatch;
        }

        return signer == hold.Receiver || IsController(hold, signer) ? Outcome.Pending : Outcome.NotPermitted;
    }

    /// <summary>Closes a hold, whose amount is free again. Answers as <see cref="CheckRelease"/>.</summary>
    public Outcome Release(in TransferBody release, in AccountId signer)
    {
        Outcome outcome = CheckRelease(release, signer);
        if (outcome == Outcome.Pending)
        {
            int place = IndexOf(release.Nonce);
            Held -= _holds[place].Amount;
            _holds.RemoveAt(place);
        }

        return outcome;
    }

    /// <summary>Closes the holds whose expiry lies before a beat's timestamp, and says how many.</summary>
    public int Expire(Timestamp beat)
    {
        int closed = 0;
        for (int i = _holds.Count - 1; i >= 0; i--)
        {
            if (_holds[i].Expiry < beat)
            {
                Held -= _holds[i].Amount;
                _holds.RemoveAt(i);
                closed++;
            }
        }

        return closed;
    }

    /// <summary>The timestamp after which the next hold falls due; none when there is no hold.</summary>
    public Timestamp? NextExpiry()
    {
        Timestamp? next = null;
        foreach (ref readonly Hold hold in Holds)
        {
            next = next is null || hold.Expiry < next ? hold.Expiry : next;
        }

        return next;
    }

    /// <summary>The digest of the holds section: keyed("LC1holds", holds).</summary>
    public Hash256 Digest() => Blake3.KeyedHash(TransferTags.HoldsKey, MemoryMarshal.AsBytes(Holds));

    /// <summary>The data root of an account whose only section is its holds: keyed("LC1data_", "LC1holds" | digest). Of no holds there is none.</summary>
    /// <exception cref="InvalidOperationException">There is no hold.</exception>
    public Hash256 DataRoot()
    {
        if (_holds.Count == 0)
        {
            throw new InvalidOperationException("An account without holds has no data root.");
        }

        Span<byte> entry = stackalloc byte[sizeof(ulong) + Hash256.ByteLength];
        MemoryMarshal.Write(entry, TransferTags.HoldsSection);
        Digest().CopyTo(entry[sizeof(ulong)..]);
        return Blake3.KeyedHash(TransferTags.DataKey, entry);
    }

    private static bool IsController(in Hold hold, in AccountId signer) => !hold.Controller.IsZero && hold.Controller == signer;

    // The hold's place; when there is none, the complement of the place where it would stand.
    private int IndexOf(ulong nonce)
    {
        int low = 0;
        int high = _holds.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            ulong at = _holds[middle].Nonce;
            if (at == nonce)
            {
                return middle;
            }

            (low, high) = at < nonce ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
