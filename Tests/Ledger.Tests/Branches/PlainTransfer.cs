using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using Outcome = LeitherCluster.Ledger.Values.Outcome;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>A transfer as the parties speak of it, and its frame, written byte by byte from docs/PROTOCOL.md, section 3. All signatures are junk.</summary>
internal sealed record PlainTransfer
{
    private const int StandingBytes = 144;
    private const int SignatureBytes = 64;

    public required TransferKind Kind { get; init; }

    public required LedgerId Ledger { get; init; }

    public required AccountId Sender { get; init; }

    public AccountId Receiver { get; init; }

    /// <summary>Who signs; the sender's account unless a hold is acted upon.</summary>
    public required Party Signer { get; init; }

    /// <summary>Of a bundle, the sum of its items.</summary>
    public ulong Amount { get; init; }

    public ulong Nonce { get; init; } = 1;

    public ulong Expiry { get; init; } = ulong.MaxValue;

    public int Reference { get; init; }

    /// <summary>The receiver accepted by a standing acceptance that ends then; else by signature.</summary>
    public ulong? StandingExpiry { get; init; }

    public ulong HoldExpiry { get; init; }

    public AccountId Controller { get; init; }

    public ulong HeldBefore { get; init; }

    public IReadOnlyList<PlainItem> Items { get; init; } = [];

    public bool IsBundle => Kind is TransferKind.Bundle or TransferKind.IssueBundle;

    public bool IsIssuance => Kind is TransferKind.Issue or TransferKind.IssueBundle;

    public bool ActsOnHold => Kind is TransferKind.Post or TransferKind.Release;

    /// <summary>It takes effect at beats whose timestamp is not greater than this.</summary>
    public ulong GoodUntil => Items.Select(item => item.StandingExpiry)
        .Append(StandingExpiry)
        .Append(Kind == TransferKind.Reserve ? HoldExpiry : null)
        .Append(Expiry)
        .Min() ?? Expiry;

    /// <summary>The whole frame.</summary>
    public byte[] Frame()
    {
        byte[] frame = Write();
        Assert.Equal(Outcome.Pending, FrameCheck.Check(frame).Outcome);
        return frame;
    }

    public Hash256 Id() => Blake3.Hash([.. "LC1xfer_"u8, .. Frame()[8..(112 + (HasExtension ? 32 : 0))]]);

    /// <summary>The ids that the windows tree gets when the transfer takes effect.</summary>
    public Hash256[] LeafIds()
    {
        Hash256 id = Id();
        return IsBundle ? [.. Enumerable.Range(0, Items.Count).Select(index => ItemId(id, index))] : [id];
    }

    private bool HasExtension => IsBundle || Kind is TransferKind.Reserve or TransferKind.Post;

    private static Hash256 ItemId(Hash256 bundle, int index)
    {
        byte[] key = new byte[32];
        "LC1bitem"u8.CopyTo(key);
        return Blake3.KeyedHash(key, [.. bundle.AsSpan(), .. BitConverter.GetBytes((ulong)index)]);
    }

    private byte[] Write()
    {
        bool accepts = Kind is TransferKind.Pay or TransferKind.Reserve;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(0u);
        writer.Write((byte)(!accepts ? 0 : StandingExpiry is null ? 1 : 2));
        writer.Write(new byte[3]);
        WriteBody(writer);
        WriteExtension(writer);
        writer.Write(Signer.Key.AsSpan());
        writer.Write(Junk(SignatureBytes));
        if (accepts)
        {
            WriteAcceptance(writer, Receiver, StandingExpiry);
        }

        foreach (PlainItem item in Items)
        {
            WriteItem(writer, item);
        }

        byte[] frame = stream.ToArray();
        MemoryMarshal.Write(frame, frame.Length);
        if (IsBundle)
        {
            ItemTree.Root(frame.AsSpan(FrameLayout.ItemsOffset)).CopyTo(frame.AsSpan(112));
        }

        return frame;
    }

    private void WriteBody(BinaryWriter writer)
    {
        writer.Write((byte)1);
        writer.Write((byte)Kind);
        writer.Write((ushort)Items.Count);
        Write(writer, Ledger.OrganizationAccount);
        Write(writer, Sender);
        Write(writer, Receiver);
        writer.Write(Amount);
        writer.Write(Nonce);
        writer.Write(Expiry);
        writer.Write((ulong)Reference);
        writer.Write(0ul);
    }

    private void WriteExtension(BinaryWriter writer)
    {
        switch (Kind)
        {
            case TransferKind.Reserve:
                writer.Write(HoldExpiry);
                Write(writer, Controller);
                writer.Write(0u);
                break;
            case TransferKind.Post:
                writer.Write(HeldBefore);
                writer.Write(new byte[24]);
                break;
            case TransferKind.Bundle:
            case TransferKind.IssueBundle:
                writer.Write(new byte[32]);
                break;
            default:
                break;
        }
    }

    private void WriteItem(BinaryWriter writer, PlainItem item)
    {
        bool accepts = Kind == TransferKind.Bundle;
        int acceptance = !accepts ? 0 : 32 + (item.StandingExpiry is null ? SignatureBytes : StandingBytes);
        writer.Write((ushort)(48 + acceptance));
        writer.Write((byte)(!accepts ? 0 : item.StandingExpiry is null ? 1 : 2));
        writer.Write((byte)0);
        Write(writer, item.Receiver);
        writer.Write(item.Amount);
        writer.Write(new byte[16]);
        if (accepts)
        {
            WriteAcceptance(writer, item.Receiver, item.StandingExpiry);
        }
    }

    private void WriteAcceptance(BinaryWriter writer, AccountId receiver, ulong? standingExpiry)
    {
        writer.Write(Junk(32));
        if (standingExpiry is { } expiry)
        {
            writer.Write(1u);
            Write(writer, Ledger.OrganizationAccount);
            Write(writer, receiver);
            Write(writer, default);
            writer.Write(ulong.MaxValue);
            writer.Write(expiry);
        }

        writer.Write(Junk(SignatureBytes));
    }

    private static void Write(BinaryWriter writer, AccountId id)
    {
        byte[] bytes = new byte[AccountId.SizeBytes];
        id.CopyTo(bytes);
        writer.Write(bytes);
    }

    private static byte[] Junk(int length)
    {
        byte[] junk = new byte[length];
        Array.Fill(junk, (byte)0xA5);
        return junk;
    }
}
