using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// Ed25519 signatures verified many at a time under ZIP-215's rule: S is below L; A and R are encodings of points of the curve, canonical or not; and
/// 8 (S B - k A - R) is the neutral element, where k = SHA-512(R | A | M) modulo L. The verdict on a signature does not depend on what else is in
/// the batch, on the instruction set, or on chance, but for an error of 2^-128.
/// <para>
/// Points are decoded and messages hashed in lanes; then one equation holds if all signatures do: 8 (sum of z (S B - k A - R)) is
/// neutral, with a coefficient z of 128 bits for each that nobody can foresee. A batch for which it does not is cut into 16 parts with an equation each, and the
/// signatures of parts that fail are judged by themselves, lane by lane: one bad one among n costs 2n terms of equations and n/16 judgements. (Halving
/// again and again would take 3n terms.) Where most parts fail, the rest are judged without further equations. What bad signatures may cost is so
/// bounded: see <see cref="BatchCost"/>.
/// </para>
/// <para>Work for a signature, in products of field elements, with 8 lanes and windows of 8 bits: decoding R 265, decoding A as many unless the key is
/// cached or came before; 48 windows of 7 = 336; the buckets' sum 32 * 128 * 18 = 74,000 and 253 doublings a batch. A single verification takes
/// some 2,500.</para>
/// <para>One instance serves one thread. It allocates nothing after it was made.</para>
/// </summary>
public sealed unsafe partial class BatchVerifier
{
    /// <summary>How many signatures are taken at a time, unless said otherwise; more are taken in turn.</summary>
    public const int BatchCountMaxDefault = 4096;

    /// <summary>How many decoded keys are kept, unless said otherwise: 2.6 MB of them.</summary>
    public const int KeyCountMaxDefault = 16_384;

    /// <summary>The bytes of a seed.</summary>
    public const int SeedLength = 32;

    /// <summary>In how many equations a signature may be: one over the batch, one over a part of it. What is not settled then is judged by itself.</summary>
    public const int EquationTermsMax = 2;

    /// <summary>The verdict on a signature that holds.</summary>
    public const byte Valid = 1;

    /// <summary>The verdict on one that does not.</summary>
    public const byte Invalid = 0;

    private readonly int _batchCountMax;
    private readonly ILaneEngine? _engine;
    private readonly BatchEquation? _equation;
    private readonly PreparedBatch? _prepared;
    private BatchCost _cost;

    /// <summary>
    /// With a seed, which must be secret and used for one instance only: batches are verified by equations, whose coefficients are derived from it. Without
    /// one (an empty span), every signature is judged by itself.
    /// </summary>
    /// <exception cref="ArgumentException">The seed has neither <see cref="SeedLength"/> bytes nor none.</exception>
    public BatchVerifier(ReadOnlySpan<byte> seed, int batchCountMax = BatchCountMaxDefault, int keyCountMax = KeyCountMaxDefault)
    {
        if (seed.Length is not (0 or SeedLength))
        {
            throw new ArgumentException($"A seed has {SeedLength} bytes, not {seed.Length}.", nameof(seed));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(batchCountMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(keyCountMax, 1);
        _batchCountMax = batchCountMax;
        _engine = LaneEngines.Create();
        if (_engine == null)
        {
            return;
        }

        KeyHash hash = default;
        if (!seed.IsEmpty)
        {
            Span<ulong> secret = stackalloc ulong[2];
            Blake3.KeyedHash(seed, "places of keys"u8, MemoryMarshal.AsBytes(secret));
            hash = new KeyHash(secret[0], secret[1]);
        }

        _prepared = new PreparedBatch(batchCountMax, keyCountMax, hash, _engine);
        _equation = seed.IsEmpty ? null : new BatchEquation(_prepared, _engine, new Hash256(seed));
    }

    /// <summary>Which instruction set is in use, by the processor and what the runtime enables. Fixed for a process.</summary>
    public static SignaturePath Path => LaneEngines.Path;

    /// <summary>What the last call of <see cref="Verify(ReadOnlySpan{SignatureCheck}, Span{byte})"/> took.</summary>
    public BatchCost LastCost => _cost;

    /// <summary>Whether one signature holds: the same verdict, in plain C#. Any number of threads may call it at a time.</summary>
    public static bool Verify(in SignatureCheck check) =>
        SingleVerification.Holds(check.PublicKey, check.Message, check.MessageLength, check.Signature);

    /// <summary>
    /// Writes <see cref="Valid"/> or <see cref="Invalid"/> for every check, in their order, and returns how many are valid. No input makes it throw.
    /// </summary>
    /// <exception cref="ArgumentException">There are not as many verdicts as checks.</exception>
    public int Verify(ReadOnlySpan<SignatureCheck> checks, Span<byte> verdicts)
    {
        if (verdicts.Length != checks.Length)
        {
            throw new ArgumentException($"{checks.Length} checks need as many verdicts, not {verdicts.Length}.", nameof(verdicts));
        }

        _cost = new BatchCost(checks.Length, 0, 0, 0);
        for (int first = 0; first < checks.Length; first += _batchCountMax)
        {
            int count = Math.Min(checks.Length - first, _batchCountMax);
            VerifyPart(checks.Slice(first, count), verdicts.Slice(first, count));
        }

        return verdicts.Count(Valid);
    }
}
