using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Transfers;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed class NonceWindowTests
{
    [Fact]
    public void Check_FreshAccount_AllowsOneToSixtyFour()
    {
        NonceWindow fresh = default;
        Assert.Equal(Outcome.NonceTooOld, fresh.Check(0));
        Assert.True(fresh.IsFree(1));
        Assert.True(fresh.IsFree(64));
        Assert.Equal(Outcome.NonceTooFarAhead, fresh.Check(65));
        Assert.Equal(Outcome.NonceTooFarAhead, fresh.Check(ulong.MaxValue));
    }

    [Fact]
    public void TryUse_OutOfOrder_EachOnceAndTheOldestFallOut()
    {
        Assert.True(default(NonceWindow).TryUse(64, out NonceWindow window));
        Assert.Equal(new NonceWindow(64, 1), window);
        Assert.True(window.TryUse(1, out window));
        Assert.Equal(Outcome.NonceUsed, window.Check(1));
        Assert.True(window.TryUse(65, out window));
        Assert.Equal(Outcome.NonceTooOld, window.Check(1));
        Assert.Equal(Outcome.NonceUsed, window.Check(64));
        Assert.True(window.IsFree(2));
        Assert.False(window.TryUse(64, out NonceWindow same));
        Assert.Equal(window, same);
    }

    [Fact]
    public void Check_AtTheLastNonceThereIs_NeitherWrapsNorThrows()
    {
        NonceWindow last = new(ulong.MaxValue, 1);
        Assert.Equal(Outcome.NonceUsed, last.Check(ulong.MaxValue));
        Assert.True(last.IsFree(ulong.MaxValue - 63));
        Assert.Equal(Outcome.NonceTooOld, last.Check(1));
        Assert.True(new NonceWindow(ulong.MaxValue - 64, 1).TryUse(ulong.MaxValue, out NonceWindow used));
        Assert.Equal(last, used);
    }

    [Fact]
    public void TryUse_AnySequence_AgreesWithAPlainSet()
    {
        Prop.ForAll<byte[]>(steps =>
        {
            NonceWindow window = default;
            SortedSet<ulong> used = [];
            foreach (byte step in steps)
            {
                ulong nonce = NonceNear(window.Highest, step);
                Assert.Equal(OracleCheck(used, nonce), window.Check(nonce));
                if (window.TryUse(nonce, out window))
                {
                    used.Add(nonce);
                }

                Assert.Equal(used.Count == 0 ? 0 : used.Max, window.Highest);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Seal_AnyReservations_EqualsTheSetOfAllUsed()
    {
        Prop.ForAll<byte[][]>(beats =>
        {
            NonceReservations reservations = new(default);
            SortedSet<ulong> used = [];
            foreach (byte[] beat in beats)
            {
                SortedSet<ulong> reserved = [];
                foreach (byte step in beat)
                {
                    ulong nonce = NonceNear(reservations.Base.Highest, step);
                    Outcome expected = OracleCheck(used, nonce) == Outcome.Pending && reserved.Contains(nonce)
                        ? Outcome.NonceUsed
                        : OracleCheck(used, nonce);
                    Assert.Equal(expected, reservations.Reserve(nonce));
                    if (expected == Outcome.Pending)
                    {
                        reserved.Add(nonce);
                    }
                }

                Assert.Equal(reserved.Count, reservations.Count);
                foreach (ulong leftOut in reserved.Where(static nonce => nonce % 5 == 0).ToArray())
                {
                    reservations.GiveBack(leftOut);
                    reserved.Remove(leftOut);
                }

                used.UnionWith(reserved);
                NonceWindow window = reservations.Seal();
                Assert.Equal(OracleWindow(used), window);
                Assert.Equal(window, reservations.Base);
                Assert.Equal(0, reservations.Count);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void GiveBack_NotReserved_Throws()
    {
        NonceReservations reservations = new(new NonceWindow(10, 1));
        Assert.Throws<InvalidOperationException>(() => reservations.GiveBack(11));
        Assert.Throws<InvalidOperationException>(() => reservations.GiveBack(500));
    }

    // Mostly about the highest nonce, on both sides, and over both edges of the window.
    private static ulong NonceNear(ulong highest, byte step)
    {
        long nonce = (long)highest + (step % 3 == 0 ? 1 : step - 130);
        return nonce < 0 ? 0 : (ulong)nonce;
    }

    private static Outcome OracleCheck(SortedSet<ulong> used, ulong nonce)
    {
        ulong highest = used.Count == 0 ? 0 : used.Max;
        if (nonce > highest + 64)
        {
            return Outcome.NonceTooFarAhead;
        }

        return nonce == 0 || nonce + 64 <= highest ? Outcome.NonceTooOld : used.Contains(nonce) ? Outcome.NonceUsed : Outcome.Pending;
    }

    private static NonceWindow OracleWindow(SortedSet<ulong> used)
    {
        if (used.Count == 0)
        {
            return default;
        }

        ulong bitmap = 0;
        for (int i = 0; i < 64 && (ulong)i < used.Max; i++)
        {
            bitmap |= used.Contains(used.Max - (ulong)i) ? 1UL << i : 0;
        }

        return new NonceWindow(used.Max, bitmap);
    }
}
