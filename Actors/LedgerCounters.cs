namespace LeitherCluster.Actors;

/// <summary>What the actors of a ledger on this node have done since it started: for displays and metrics, never for decisions.</summary>
public sealed class LedgerCounters
{
    private long _accepted;
    private long _accounts;
    private long _answered;
    private long _committed;
    private long _refused;
    private long _skipped;
    private long _verified;
    private long _wasted;
    private long _rounds;
    private long _heldOff;

    /// <summary>Transfers accepted into a window, repeats that joined one included.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Parties told that their transfer is committed.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Ticks that found a beat open.</summary>
    public long BeatsSkipped => Interlocked.Read(ref _skipped);

    /// <summary>Accounts there are: those found at the start, and those opened since.</summary>
    public long Accounts => Interlocked.Read(ref _accounts);

    /// <summary>Signatures that ingresses verified.</summary>
    public long SignaturesVerified => Interlocked.Read(ref _verified);

    /// <summary>In how many rounds they did: together the two say how many signatures were verified at a time.</summary>
    public long VerifyingRounds => Interlocked.Read(ref _rounds);

    /// <summary>What signatures that did not hold made verification cost on top, in parts that a signature has in a batch's equation.</summary>
    public long SignatureWorkWasted => Interlocked.Read(ref _wasted);

    /// <summary>Transfers answered busy because their source had sent too many bad signatures.</summary>
    public long HeldOff => Interlocked.Read(ref _heldOff);

    internal void SetAccounts(long count) => Interlocked.Exchange(ref _accounts, count);

    internal void AddAccounts(long opened) => Interlocked.Add(ref _accounts, opened);

    internal void AddAccepted(int count) => Interlocked.Add(ref _accepted, count);

    /// <summary>Accepted and not yet answered.</summary>
    public long Pending => Math.Max(0, Accepted - Interlocked.Read(ref _answered));

    internal void AddAnswered(int count) => Interlocked.Add(ref _answered, count);

    internal void AddCommitted(int count) => Interlocked.Add(ref _committed, count);

    internal void AddRefused(int count) => Interlocked.Add(ref _refused, count);

    internal void AddVerified(long signatures, long wasted)
    {
        Interlocked.Add(ref _verified, signatures);
        Interlocked.Add(ref _wasted, wasted);
        Interlocked.Increment(ref _rounds);
    }

    internal void AddHeldOff(int count) => Interlocked.Add(ref _heldOff, count);

    internal void SetSkipped(long count) => Interlocked.Exchange(ref _skipped, count);
}
