using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Values;

/// <summary>
/// A ledger's 160-bit name: the first 20 bytes of BLAKE3 of the organization's public key. As an account id the same bytes
/// name the organization's own account, whose branch seals issuance.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = SizeBytes)]
public readonly record struct LedgerId(AccountId OrganizationAccount)
{
    /// <summary>Bytes of a ledger id, everywhere.</summary>
    public const int SizeBytes = AccountId.SizeBytes;

    /// <summary>Reads a ledger id from exactly 20 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is not 20 bytes long.</exception>
    public LedgerId(ReadOnlySpan<byte> bytes)
        : this(new AccountId(bytes))
    {
    }

    /// <summary>Parses 40 hexadecimal digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LedgerId id)
    {
        bool parsed = AccountId.TryParse(text, out AccountId account);
        id = new LedgerId(account);
        return parsed;
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination) => OrganizationAccount.CopyTo(destination);

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString() => OrganizationAccount.ToString();
}
