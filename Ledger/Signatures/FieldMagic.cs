namespace LeitherCluster.Ledger.Signatures;

/// <summary>The constants of <see cref="IFieldLanes{TVector}"/>.</summary>
internal static class FieldMagic
{
    /// <summary>Its last place is 2^51, as long as what is added to it stays below 2^102 in absolute value.</summary>
    public const double High = 3 * TwoTo102;

    /// <summary>What brings the rest of a product to the low bits of <see cref="Whole"/>.</summary>
    public const double Low = High + Whole;

    /// <summary>Its last place is 1, as long as what is added to it stays below 2^51 in absolute value.</summary>
    public const double Whole = 3.0 * TwoTo51;

    /// <summary>The bits of <see cref="Whole"/>.</summary>
    public const long WholeBits = 0x4338_0000_0000_0000;

    public const int LimbBits = 51;
    public const long LimbMask = (1L << LimbBits) - 1;

    /// <summary>
    /// Added to columns before they are cut into limbs: half a limb makes the limbs lie around zero, and 2^62 makes the columns positive, so that
    /// a plain shift will do.
    /// </summary>
    public const long Centre = (1L << (LimbBits - 1)) + (1L << 62);

    /// <summary>
    /// The bits of 2^52, whose low 52 bits are free: a cut limb of 51 bits in them, and what is carried into it, are a number from there on. (Not in
    /// <see cref="WholeBits"/>, where the highest of these bits is taken: a limb of nearly 2^51 and its carry would run into the exponent.)
    /// </summary>
    public const long CutBits = 0x4330_0000_0000_0000;

    /// <summary>What the constants come to in a cut limb: 2^52, half a limb, and the carry of 2^62 from below.</summary>
    public const double Excess = Cut + (TwoTo51 / 2) + CarryOfCentre;

    /// <summary>The same in limb 0, whose carry comes round from the top.</summary>
    public const double ExcessOfLimb0 = Cut + (TwoTo51 / 2) + (19 * CarryOfCentre);

    // What the constants above add up to in the columns of a product and of a square, counted out, with the opposite sign: column k has so
    // many low and high parts, and 19 times as many from column k + 5.
    public const long ProductStart0 = -6372593472729251840;
    public const long ProductStart1 = 6111384694341763072;
    public const long ProductStart2 = 148618787703226368;
    public const long ProductStart3 = -5814147118935310336;
    public const long ProductStart4 = 6669831048135704576;
    public const long SquareStart0 = 1535727472933339136;
    public const long SquareStart1 = 621496748577128448;
    public const long SquareStart2 = -4427038433705197568;
    public const long SquareStart3 = -5341269158061408256;
    public const long SquareStart4 = 8056939733365817344;

    private const double TwoTo51 = 1L << 51;
    private const double Cut = 2 * TwoTo51;
    private const double TwoTo102 = TwoTo51 * TwoTo51;
    private const double CarryOfCentre = 1L << (62 - LimbBits);
}
