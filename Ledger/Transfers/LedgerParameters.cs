using System.Buffers.Binary;
using System.Text;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// What an organization fixed for its ledger, and every root statement binds by digest. Its canonical form (docs/PROTOCOL.md, section 5),
/// 88 bytes:
/// <code>
/// 0   version(1), 1 | decimals(1) | translucency(1) | number of bands(1) | zeros(4)
/// 8   bits of each band(8), zeros behind
/// 16  token symbol(16), ASCII, zeros behind
/// 32  minimum amount(8)
/// 40  transfers expire at most so many ms ahead(8)
/// 48  holds expire at most so many ms ahead(8)
/// 56  public key of the organization(32)
/// </code>
/// Values out of range can be made, and are found by <see cref="Check"/>; what is read from bytes has been checked.
/// </summary>
public sealed record LedgerParameters
{
    /// <summary>Bytes of the canonical form.</summary>
    public const int SizeBytes = 88;

    public const int DecimalsMax = 19;
    public const int TokenSymbolLengthMax = 16;
    public const ulong ExpiryAheadMsMin = 1_000;
    public const ulong ExpiryAheadMsMax = 24 * 3_600_000;
    public const ulong HoldAheadMsMax = 3_660 * 24 * 3_600_000UL;

    private const byte CurrentVersion = 1;

    /// <summary>The key that signs issuance, and whose hash is the ledger's id.</summary>
    public required PublicKey OrganizationKey { get; init; }

    /// <summary>The token's name in print: 1 to 16 upper-case letters and digits, the first a letter.</summary>
    public required string TokenSymbol { get; init; }

    /// <summary>How many decimals amounts are shown with: 0 to 19, 2 by default.</summary>
    public int Decimals { get; init; } = 2;

    /// <summary>How the branches hang on trunks; by default 8, which is 256 branches on one trunk.</summary>
    public required TreeBands Bands { get; init; }

    /// <summary>Nodes of the synopsis tree whose bit index is smaller bind the sums of their children: 0 to 160.</summary>
    public required int Translucency { get; init; }

    /// <summary>The smallest amount that a transfer moves, 1 or more.</summary>
    public Amount MinimumAmount { get; init; } = new(1);

    /// <summary>How far ahead of committed time a transfer's expiry may lie, in ms: a second to 24 hours, an hour by default.</summary>
    public ulong ExpiryAheadMs { get; init; } = 3_600_000;

    /// <summary>How far ahead of committed time a hold's expiry may lie, in ms: no less than a transfer's, up to 3,660 days; 30 days by default.</summary>
    public ulong HoldAheadMs { get; init; } = 30 * 24 * 3_600_000UL;

    /// <summary>The ledger's id, which follows from the organization's key.</summary>
    public LedgerId Ledger => new(AccountIds.Of(OrganizationKey));

    /// <summary>The first thing found wrong; <see cref="LedgerParametersFault.None"/> when all is right.</summary>
    public LedgerParametersFault Check()
    {
        if (Decimals is < 0 or > DecimalsMax)
        {
            return LedgerParametersFault.Decimals;
        }

        if (Translucency is < 0 or > AccountId.SizeBits)
        {
            return LedgerParametersFault.Translucency;
        }

        if (Bands.Count == 0)
        {
            return LedgerParametersFault.Bands;
        }

        if (!IsTokenSymbol(TokenSymbol))
        {
            return LedgerParametersFault.TokenSymbol;
        }

        if (MinimumAmount == Amount.Zero)
        {
            return LedgerParametersFault.MinimumAmount;
        }

        if (ExpiryAheadMs is < ExpiryAheadMsMin or > ExpiryAheadMsMax)
        {
            return LedgerParametersFault.ExpiryAheadMax;
        }

        if (HoldAheadMs < ExpiryAheadMs || HoldAheadMs > HoldAheadMsMax)
        {
            return LedgerParametersFault.HoldAheadMax;
        }

        return Ed25519.IsSmallOrder(OrganizationKey) ? LedgerParametersFault.OrganizationKey : LedgerParametersFault.None;
    }

    /// <summary>Writes the canonical form, 88 bytes.</summary>
    /// <exception cref="InvalidOperationException">A value is out of range (<see cref="Check"/>).</exception>
    public void CopyTo(Span<byte> destination)
    {
        LedgerParametersFault fault = Check();
        if (fault != LedgerParametersFault.None)
        {
            throw new InvalidOperationException($"These parameters have no canonical form: {fault}.");
        }

        destination = destination[..SizeBytes];
        destination.Clear();
        destination[0] = CurrentVersion;
        destination[1] = (byte)Decimals;
        destination[2] = (byte)Translucency;
        destination[3] = (byte)Bands.Count;
        Bands.CopyTo(destination[8..]);
        Encoding.ASCII.GetBytes(TokenSymbol, destination[16..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], MinimumAmount.Units);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], ExpiryAheadMs);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], HoldAheadMs);
        OrganizationKey.CopyTo(destination[56..]);
    }

    /// <summary>Reads the canonical form; when anything is wrong with it, says what, and gives no parameters.</summary>
    public static LedgerParametersFault TryRead(ReadOnlySpan<byte> bytes, out LedgerParameters? parameters)
    {
        parameters = null;
        if (bytes.Length != SizeBytes)
        {
            return LedgerParametersFault.Length;
        }

        if (bytes[0] != CurrentVersion)
        {
            return LedgerParametersFault.Version;
        }

        if (bytes[4..8].ContainsAnyExcept((byte)0))
        {
            return LedgerParametersFault.ReservedBytes;
        }

        int bandCount = bytes[3];
        if (bandCount > TreeBands.CountMax || bytes.Slice(8 + bandCount, TreeBands.CountMax - bandCount).ContainsAnyExcept((byte)0)
            || !TreeBands.TryCreate(bytes.Slice(8, bandCount), out TreeBands bands))
        {
            return LedgerParametersFault.Bands;
        }

        LedgerParameters read = new()
        {
            OrganizationKey = new PublicKey(bytes[56..]),
            TokenSymbol = Encoding.Latin1.GetString(bytes[16..32]).TrimEnd('\0'),
            Decimals = bytes[1],
            Bands = bands,
            Translucency = bytes[2],
            MinimumAmount = new Amount(BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..])),
            ExpiryAheadMs = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            HoldAheadMs = BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
        };
        LedgerParametersFault fault = read.Check();
        parameters = fault == LedgerParametersFault.None ? read : null;
        return fault;
    }

    /// <summary>What a root statement binds: keyed("LC1param", canonical form).</summary>
    /// <exception cref="InvalidOperationException">A value is out of range (<see cref="Check"/>).</exception>
    public Hash256 Digest()
    {
        Span<byte> form = stackalloc byte[SizeBytes];
        CopyTo(form);
        return Blake3.KeyedHash(TransferTags.ParametersKey, form);
    }

    private static bool IsTokenSymbol(string symbol) =>
        symbol.Length is > 0 and <= TokenSymbolLengthMax
        && char.IsAsciiLetterUpper(symbol[0])
        && symbol.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));
}
