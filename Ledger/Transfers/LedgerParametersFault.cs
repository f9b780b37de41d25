namespace LeitherCluster.Ledger.Transfers;

/// <summary>What is wrong with the parameters of a ledger.</summary>
public enum LedgerParametersFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The binary form has another length than 88 bytes.</summary>
    Length = 1,

    /// <summary>The binary form has a version that this program does not know.</summary>
    Version = 2,

    /// <summary>A reserved byte of the binary form is not zero.</summary>
    ReservedBytes = 3,

    /// <summary>More decimals than 19.</summary>
    Decimals = 4,

    /// <summary>A translucency above 160.</summary>
    Translucency = 5,

    /// <summary>Not 1 to 8 bands of 1 to 12 bits, 32 bits together at the most.</summary>
    Bands = 6,

    /// <summary>Not 1 to 16 upper-case letters and digits, the first a letter.</summary>
    TokenSymbol = 7,

    /// <summary>A smallest amount of zero.</summary>
    MinimumAmount = 8,

    /// <summary>Transfers may expire less than a second or more than 24 hours ahead.</summary>
    ExpiryAheadMax = 9,

    /// <summary>Holds may last less long than transfers, or longer than 3,660 days.</summary>
    HoldAheadMax = 10,

    /// <summary>The organization's key is of small order: no signature of it counts.</summary>
    OrganizationKey = 11,
}
