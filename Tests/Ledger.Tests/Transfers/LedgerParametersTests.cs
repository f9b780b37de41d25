using System.Buffers.Binary;
using System.Text;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Transfers;

public sealed class LedgerParametersTests
{
    private static readonly LedgerParameters Good = Samples.Parameters with { Bands = Samples.Bands("8+4"), Decimals = 3 };

    [Fact]
    public void TryRead_WhatCopyToWrote_IsEqual()
    {
        Assert.Equal(LedgerParametersFault.None, LedgerParameters.TryRead(Bytes(Good), out LedgerParameters? read));
        Assert.Equal(Good, read);
        Assert.Equal(Good.Digest(), read!.Digest());
        Assert.Equal(Samples.Id(Samples.Organization), read.Ledger.OrganizationAccount);
    }

    [Fact]
    public void CopyTo_WrittenByHand_LiesWhereTheProtocolSays()
    {
        byte[] byHand = new byte[88];
        byHand[0] = 1;
        byHand[1] = 3;
        byHand[2] = 8;
        byHand[3] = 2;
        byHand[8] = 8;
        byHand[9] = 4;
        "LTR"u8.CopyTo(byHand.AsSpan(16));
        BinaryPrimitives.WriteUInt64LittleEndian(byHand.AsSpan(32), 5);
        BinaryPrimitives.WriteUInt64LittleEndian(byHand.AsSpan(40), 3_600_000);
        BinaryPrimitives.WriteUInt64LittleEndian(byHand.AsSpan(48), 2_592_000_000);
        Samples.Organization.PublicKey.CopyTo(byHand.AsSpan(56));
        Assert.Equal(byHand, Bytes(Good));
        byte[] key = new byte[32];
        Encoding.ASCII.GetBytes("LC1param", key);
        Assert.Equal(Blake3.KeyedHash(key, byHand), Good.Digest());
    }

    [Fact]
    public void Check_ValueOutOfRange_IsNamed()
    {
        Assert.Equal(LedgerParametersFault.None, Good.Check());
        Assert.Equal(LedgerParametersFault.Decimals, (Good with { Decimals = 20 }).Check());
        Assert.Equal(LedgerParametersFault.Translucency, (Good with { Translucency = 161 }).Check());
        Assert.Equal(LedgerParametersFault.Translucency, (Good with { Translucency = -1 }).Check());
        Assert.Equal(LedgerParametersFault.Bands, (Good with { Bands = default }).Check());
        Assert.Equal(LedgerParametersFault.TokenSymbol, (Good with { TokenSymbol = "" }).Check());
        Assert.Equal(LedgerParametersFault.TokenSymbol, (Good with { TokenSymbol = "ltr" }).Check());
        Assert.Equal(LedgerParametersFault.TokenSymbol, (Good with { TokenSymbol = "1TR" }).Check());
        Assert.Equal(LedgerParametersFault.TokenSymbol, (Good with { TokenSymbol = new string('A', 17) }).Check());
        Assert.Equal(LedgerParametersFault.None, (Good with { TokenSymbol = new string('A', 16) }).Check());
        Assert.Equal(LedgerParametersFault.MinimumAmount, (Good with { MinimumAmount = Amount.Zero }).Check());
        Assert.Equal(LedgerParametersFault.ExpiryAheadMax, (Good with { ExpiryAheadMs = 999 }).Check());
        Assert.Equal(LedgerParametersFault.ExpiryAheadMax, (Good with { ExpiryAheadMs = 86_400_001 }).Check());
        Assert.Equal(LedgerParametersFault.HoldAheadMax, (Good with { HoldAheadMs = 3_599_999 }).Check());
        Assert.Equal(LedgerParametersFault.HoldAheadMax, (Good with { HoldAheadMs = ulong.MaxValue }).Check());
        Assert.Equal(LedgerParametersFault.OrganizationKey, (Good with { OrganizationKey = default }).Check());
        Assert.Throws<InvalidOperationException>(() => (Good with { Decimals = 20 }).Digest());
    }

    [Fact]
    public void TryRead_AnyByteChanged_IsRefusedOrIsOtherParameters()
    {
        byte[] bytes = Bytes(Good);
        HashSet<LedgerParametersFault> seen = [];
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] changed = [.. bytes];
                changed[i] = (byte)value;
                LedgerParametersFault fault = LedgerParameters.TryRead(changed, out LedgerParameters? read);
                seen.Add(fault);
                Assert.Equal(fault == LedgerParametersFault.None, read is not null);

                // What is accepted has only one form, so that equal digests mean equal parameters.
                Assert.True(read is null || Bytes(read).AsSpan().SequenceEqual(changed), $"byte {i} = {value}");
            }
        }

        Assert.Superset(new HashSet<LedgerParametersFault>
        {
            LedgerParametersFault.Version, LedgerParametersFault.ReservedBytes, LedgerParametersFault.Decimals, LedgerParametersFault.Translucency,
            LedgerParametersFault.Bands, LedgerParametersFault.TokenSymbol, LedgerParametersFault.MinimumAmount,
        }, seen);
        Assert.Equal(LedgerParametersFault.Length, LedgerParameters.TryRead(bytes.AsSpan(0, 87), out _));
        Assert.Equal(LedgerParametersFault.Length, LedgerParameters.TryRead([.. bytes, 0], out _));
    }

    [Theory]
    [InlineData("8", 1, 8)]
    [InlineData("8+8", 2, 16)]
    [InlineData("12+12+8", 3, 32)]
    [InlineData("4+4+4+4+4+4+4+4", 8, 32)]
    public void Bands_Parsed_HaveDepthAndText(string text, int count, int depth)
    {
        TreeBands bands = Samples.Bands(text);
        Assert.Equal(count, bands.Count);
        Assert.Equal(depth, bands.DepthBits);
        Assert.Equal(text, bands.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => bands[count]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("13")]
    [InlineData("8+")]
    [InlineData("8+0")]
    [InlineData("-8")]
    [InlineData(" 8")]
    [InlineData("12+12+9")]
    [InlineData("1+1+1+1+1+1+1+1+1")]
    [InlineData("256")]
    public void Bands_ThatAreNone_AreRefused(string? text) => Assert.False(TreeBands.TryParse(text, out _));

    private static byte[] Bytes(LedgerParameters parameters)
    {
        byte[] bytes = new byte[LedgerParameters.SizeBytes];
        parameters.CopyTo(bytes);
        return bytes;
    }
}
