using System.Text;
using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed class HoldBookTests
{
    private static readonly AccountId Owner = Id(1);
    private static readonly AccountId Receiver = Id(2);
    private static readonly AccountId Controller = Id(3);
    private static readonly AccountId Stranger = Id(4);

    [Fact]
    public void Post_PartByPart_LeavesTheRestHeldAndClosesAtTheEnd()
    {
        HoldBook book = BookWith(HoldOf(5, 100, Controller));
        Assert.Equal(Outcome.Pending, book.Post(PostOf(5, 30), new Amount(100), Owner));
        Assert.Equal(new Amount(70), book.Held);
        Assert.Equal(Outcome.HoldMismatch, book.Post(PostOf(5, 30), new Amount(100), Owner));
        Assert.Equal(Outcome.Pending, book.Post(PostOf(5, 70), new Amount(70), Controller));
        Assert.Equal(0, book.Count);
        Assert.Equal(Amount.Zero, book.Held);
        Assert.Equal(Outcome.UnknownHold, book.Post(PostOf(5, 70), new Amount(70), Controller));
    }

    [Fact]
    public void Post_Refused_SaysWhyInOrderAndChangesNothing()
    {
        HoldBook book = BookWith(HoldOf(5, 100, Controller));
        Assert.Equal(Outcome.UnknownHold, book.Post(PostOf(6, 1), new Amount(100), Owner));
        Assert.Equal(Outcome.HoldMismatch, book.Post(PostOf(5, 101), new Amount(100), Stranger));
        Assert.Equal(Outcome.HoldMismatch, book.Post(PostOf(5, 1) with { Receiver = Stranger }, new Amount(100), Owner));
        Assert.Equal(Outcome.HoldMismatch, book.Post(PostOf(5, 1), new Amount(99), Owner));
        Assert.Equal(Outcome.NotPermitted, book.Post(PostOf(5, 1), new Amount(100), Receiver));
        Assert.Equal(Outcome.NotPermitted, book.Post(PostOf(5, 1), new Amount(100), Stranger));
        Assert.Equal(new Amount(100), book.Held);
        Assert.Equal([HoldOf(5, 100, Controller)], book.Holds.ToArray());
    }

    [Fact]
    public void Release_ByReceiverOrController_NeverByTheOwner()
    {
        Assert.Equal(Outcome.Pending, BookWith(HoldOf(5, 100, Controller)).Release(PostOf(5, 0), Receiver));
        Assert.Equal(Outcome.Pending, BookWith(HoldOf(5, 100, Controller)).Release(PostOf(5, 0), Controller));
        Assert.Equal(Outcome.NotPermitted, BookWith(HoldOf(5, 100, Controller)).Release(PostOf(5, 0), Owner));
        Assert.Equal(Outcome.NotPermitted, BookWith(HoldOf(5, 100, default)).Release(PostOf(5, 0), default));
        Assert.Equal(Outcome.UnknownHold, BookWith(HoldOf(5, 100, Controller)).Release(PostOf(4, 0), Receiver));
        Assert.Equal(Outcome.HoldMismatch, BookWith(HoldOf(5, 100, Controller)).Release(PostOf(5, 0) with { Receiver = Stranger }, Controller));
    }

    [Fact]
    public void Post_NoController_ZeroSignerIsNobody() =>
        Assert.Equal(Outcome.NotPermitted, BookWith(HoldOf(5, 100, default)).Post(PostOf(5, 1), new Amount(100), default));

    [Fact]
    public void Reserve_TheSixtyFifth_IsRefused()
    {
        HoldBook book = new();
        for (ulong nonce = 1; nonce <= HoldBook.CountMax; nonce++)
        {
            Assert.Equal(Outcome.Pending, book.Reserve(HoldOf(nonce, 1, default)));
        }

        Assert.Equal(Outcome.TooManyHolds, book.Reserve(HoldOf(99, 1, default)));
        Assert.Throws<ArgumentException>(() => book.Reserve(HoldOf(64, 1, default)));
        Assert.Throws<ArgumentException>(() => new HoldBook().Reserve(HoldOf(64, 0, default)));
        Assert.Equal(new Amount(64), book.Held);
    }

    [Fact]
    public void Expire_AtTheFirstGreaterTimestamp_Releases()
    {
        HoldBook book = BookWith(HoldOf(1, 10, default) with { Expiry = new Timestamp(500) }, HoldOf(2, 20, default) with { Expiry = new Timestamp(700) });
        Assert.Equal(new Timestamp(500), book.NextExpiry());
        Assert.Equal(0, book.Expire(new Timestamp(500)));
        Assert.Equal(1, book.Expire(new Timestamp(501)));
        Assert.Equal(new Amount(20), book.Held);
        Assert.Equal(1, book.Expire(new Timestamp(5000)));
        Assert.Null(book.NextExpiry());
    }

    [Fact]
    public void DataRoot_OfTwoHolds_IsWhatTheProtocolSays()
    {
        HoldBook book = BookWith(HoldOf(7, 2, Controller), HoldOf(3, 1, default));
        byte[] holds = new byte[128];
        BitConverter.TryWriteBytes(holds, 3UL);
        BitConverter.TryWriteBytes(holds.AsSpan(8), 1UL);
        BitConverter.TryWriteBytes(holds.AsSpan(16), 1000UL);
        Receiver.CopyTo(holds.AsSpan(24));
        BitConverter.TryWriteBytes(holds.AsSpan(64), 7UL);
        BitConverter.TryWriteBytes(holds.AsSpan(72), 2UL);
        BitConverter.TryWriteBytes(holds.AsSpan(80), 1000UL);
        Receiver.CopyTo(holds.AsSpan(88));
        Controller.CopyTo(holds.AsSpan(108));
        Hash256 digest = Blake3.KeyedHash(Key("LC1holds"), holds);
        Assert.Equal(digest, book.Digest());
        Assert.Equal(Blake3.KeyedHash(Key("LC1data_"), [.. "LC1holds"u8, .. digest.AsSpan()]), book.DataRoot());
        Assert.Throws<InvalidOperationException>(() => new HoldBook().DataRoot());
    }

    [Fact]
    public void TryRead_WhatABookCannotHold_IsRefused()
    {
        byte[] good = Bytes(BookWith(HoldOf(3, 1, default), HoldOf(7, 2, Controller)));
        Assert.True(HoldBook.TryRead(good, out _));
        Assert.False(HoldBook.TryRead(good.AsSpan(0, 127), out _));
        Assert.False(HoldBook.TryRead([.. good[64..], .. good[..64]], out _));
        Assert.False(HoldBook.TryRead([.. good, .. good], out _));
        Assert.False(HoldBook.TryRead(new byte[64], out _));
        Assert.False(HoldBook.TryRead(new byte[65 * 64], out _));
        byte[] tooMuch = [.. good];
        tooMuch.AsSpan(8, 8).Fill(0xFF);
        Assert.False(HoldBook.TryRead(tooMuch, out _));
    }

    [Fact]
    public void AnySequence_AgreesWithAPlainDictionary()
    {
        Prop.ForAll<(byte Step, byte Nonce, byte Amount)[]>(steps =>
        {
            HoldBook book = new();
            SortedDictionary<ulong, ulong> oracle = [];
            foreach ((byte step, byte nonceByte, byte amountByte) in steps)
            {
                ulong nonce = 1 + (ulong)(nonceByte % 8);
                ulong amount = 1 + (ulong)(amountByte % 32);
                bool isOpen = oracle.TryGetValue(nonce, out ulong held);
                switch (step % 4)
                {
                    case 0 when !isOpen:
                        Assert.Equal(Outcome.Pending, book.Reserve(HoldOf(nonce, amount, default) with { Expiry = new Timestamp(amount) }));
                        oracle[nonce] = amount;
                        break;
                    case 1:
                        Outcome expected = !isOpen ? Outcome.UnknownHold : amount > held ? Outcome.HoldMismatch : Outcome.Pending;
                        Assert.Equal(expected, book.Post(PostOf(nonce, amount), new Amount(held), Owner));
                        if (expected == Outcome.Pending && (oracle[nonce] = held - amount) == 0)
                        {
                            oracle.Remove(nonce);
                        }

                        break;
                    case 2:
                        Assert.Equal(oracle.Remove(nonce) ? Outcome.Pending : Outcome.UnknownHold, book.Release(PostOf(nonce, 0), Receiver));
                        break;
                    default:
                        break;
                }

                Assert.Equal(oracle.Keys, book.Holds.ToArray().Select(static hold => hold.Nonce));
                Assert.Equal(oracle.Values, book.Holds.ToArray().Select(static hold => hold.Amount.Units));
                Assert.Equal((ulong)oracle.Values.Sum(static value => (long)value), book.Held.Units);
                Assert.True(HoldBook.TryRead(Bytes(book), out HoldBook? read));
                Assert.Equal(book.Digest(), read.Digest());
                Assert.Equal(book.Held, read.Held);
            }

            HoldBook copy = book.Copy();
            copy.Expire(new Timestamp(ulong.MaxValue));
            Assert.Equal(0, copy.Count);
            Assert.Equal(oracle.Count, book.Count);
        }).QuickCheckThrowOnFailure();
    }

    private static HoldBook BookWith(params Hold[] holds)
    {
        HoldBook book = new();
        foreach (Hold hold in holds)
        {
            Assert.Equal(Outcome.Pending, book.Reserve(hold));
        }

        return book;
    }

    private static Hold HoldOf(ulong nonce, ulong amount, AccountId controller) => new(nonce, new Amount(amount), new Timestamp(1000), Receiver, controller);

    private static TransferBody PostOf(ulong nonce, ulong amount) => new()
    {
        Version = 1,
        Kind = amount == 0 ? TransferKind.Release : TransferKind.Post,
        Sender = Owner,
        Receiver = Receiver,
        Amount = new Amount(amount),
        Nonce = nonce,
    };

    private static AccountId Id(byte last) => AccountId.Parse(last.ToString("x40"));

    private static byte[] Bytes(HoldBook book)
    {
        byte[] bytes = new byte[book.SizeBytes];
        book.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Key(string tag)
    {
        byte[] key = new byte[32];
        Encoding.ASCII.GetBytes(tag, key);
        return key;
    }
}
