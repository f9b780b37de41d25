using LeitherCluster.Ledger.Hashing;

namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// The signatures of a batch that may hold at all, ready for an equation: S read, A and R decoded, k computed. What has an S of L and above, or a key
/// or R that is no point, is not among them. They are numbered 0 to <see cref="Count"/> - 1, in their order.
/// </summary>
internal sealed unsafe class PreparedBatch
{
    private const int BytesPerSignature = 512;
    private const int Pieces = 16;

    private readonly PinnedRoom _room;
    private readonly ILaneEngine _engine;
    private readonly KeyCache _cache;
    private readonly KeyIndex _index;

    // By distinct key.
    private readonly double* _keyRoom;
    private readonly byte* _keyIsValid;

    // What is to be decoded: R's first, then keys.
    private readonly byte** _encodings;
    private readonly double** _decodedRows;
    private readonly byte* _decodedIsValid;
    private readonly double* _commitmentRoom;

    private readonly Sha512Input* _inputs;
    private readonly byte* _digests;

    public PreparedBatch(int countMax, int keyCountMax, KeyHash hash, ILaneEngine engine)
    {
        CountMax = countMax;
        _engine = engine;
        _cache = new KeyCache(keyCountMax, hash);
        _index = new KeyIndex(countMax, hash);
        _room = new PinnedRoom((long)countMax * BytesPerSignature, Pieces);
        _keyRoom = _room.Take<double>(countMax * PointRow.AffineDoubles);
        _commitmentRoom = _room.Take<double>(countMax * PointRow.AffineDoubles);
        _keyIsValid = _room.Take<byte>(countMax);
        _encodings = (byte**)_room.Take<nint>(2 * countMax);
        _decodedRows = (double**)_room.Take<nint>(2 * countMax);
        _decodedIsValid = _room.Take<byte>(2 * countMax);
        _inputs = _room.Take<Sha512Input>(countMax);
        _digests = _room.Take<byte>(countMax * Sha512Constants.DigestBytes);
        Places = _room.Take<int>(countMax);
        KeyNumbers = _room.Take<int>(countMax);
        KeyRows = (double**)_room.Take<nint>(countMax);
        CommitmentRows = (double**)_room.Take<nint>(countMax);
        Challenges = _room.Take<Scalar>(countMax);
        Responses = _room.Take<Scalar>(countMax);
    }

    public int CountMax { get; }

    /// <summary>How many signatures were prepared.</summary>
    public int Count { get; private set; }

    /// <summary>How many points were decoded for them.</summary>
    public int DecodedCount { get; private set; }

    /// <summary>How many distinct keys the batch has.</summary>
    public int KeyCount => _index.Count;

    /// <summary>Which check a signature was.</summary>
    public int* Places { get; }

    /// <summary>Which of the distinct keys is a signature's.</summary>
    public int* KeyNumbers { get; }

    /// <summary>The row of a signature's A.</summary>
    public double** KeyRows { get; }

    /// <summary>The row of a signature's R.</summary>
    public double** CommitmentRows { get; }

    /// <summary>A signature's k.</summary>
    public Scalar* Challenges { get; }

    /// <summary>A signature's S.</summary>
    public Scalar* Responses { get; }

    /// <summary>The row of one of the distinct keys.</summary>
    public double* KeyRow(int number) => _keyRoom + ((long)number * PointRow.AffineDoubles);

    public void Prepare(ReadOnlySpan<SignatureCheck> checks)
    {
        ReadResponses(checks);
        Decode(checks);
        LeaveOutInvalid();
        Hash(checks);
    }

    private void ReadResponses(ReadOnlySpan<SignatureCheck> checks)
    {
        Count = 0;
        for (int i = 0; i < checks.Length; i++)
        {
            Places[Count] = i;
            Count += Scalar.TryRead(checks[i].Signature + FieldElement.ByteLength, out Responses[Count]) ? 1 : 0;
        }
    }

    private void Decode(ReadOnlySpan<SignatureCheck> checks)
    {
        _index.Clear(Math.Max(Count, 1));
        int wanted = Count;
        for (int i = 0; i < Count; i++)
        {
            ref readonly SignatureCheck check = ref checks[Places[i]];
            _encodings[i] = check.Signature;
            _decodedRows[i] = CommitmentRows[i] = _commitmentRoom + ((long)i * PointRow.AffineDoubles);
            int known = _index.Count;
            int number = KeyNumbers[i] = _index.NumberOf(check.PublicKey);
            KeyRows[i] = KeyRow(number);
            if (number == known)
            {
                _keyIsValid[number] = 1;
                if (!_cache.TryGet(check.PublicKey, KeyRow(number)))
                {
                    _encodings[wanted] = check.PublicKey;
                    _decodedRows[wanted] = KeyRow(number);
                    _keyIsValid[number] = 0;
                    wanted++;
                }
            }
        }

        DecodedCount = wanted;
        if (wanted > 0)
        {
            _engine.Decode(_encodings, wanted, _decodedRows, _decodedIsValid);
        }

        for (int i = Count; i < wanted; i++)
        {
            if (_decodedIsValid[i] != 0)
            {
                _keyIsValid[(_decodedRows[i] - _keyRoom) / PointRow.AffineDoubles] = 1;
                _cache.Add(_encodings[i], _decodedRows[i]);
            }
        }
    }

    private void LeaveOutInvalid()
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if ((_decodedIsValid[i] & _keyIsValid[KeyNumbers[i]]) != 0)
            {
                Places[kept] = Places[i];
                KeyNumbers[kept] = KeyNumbers[i];
                KeyRows[kept] = KeyRows[i];
                CommitmentRows[kept] = CommitmentRows[i];
                Responses[kept] = Responses[i];
                kept++;
            }
        }

        Count = kept;
    }

    private void Hash(ReadOnlySpan<SignatureCheck> checks)
    {
        for (int i = 0; i < Count; i++)
        {
            ref readonly SignatureCheck check = ref checks[Places[i]];
            _inputs[i] = new Sha512Input(check.Signature, check.PublicKey, check.Message, check.MessageLength);
        }

        Sha512Batch.Hash(_inputs, Count, _digests);
        for (int i = 0; i < Count; i++)
        {
            Scalar.Reduce((ulong*)(_digests + ((long)i * Sha512Constants.DigestBytes)), out Challenges[i]);
        }
    }
}
