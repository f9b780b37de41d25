using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Signatures;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Signatures of many frames, gathered with their messages (a tag does not lie beside what it tags) and verified together. For one
/// thread.
/// </summary>
internal sealed unsafe class SignatureBatch
{
    // In parts of an equation, 2.5 µs each: a signature judged in lanes takes 7.5 µs, one by itself 25 (measured: bench signatures).
    private const int JudgementWork = 3;
    private const int BadWorkMin = 10;

    private readonly StandingCache _known;
    private readonly SignatureVerifier _verifier;
    private readonly int[] _frames;
    private readonly byte[] _verdicts;
    private readonly bool[] _isStanding;
    private readonly SignatureCheck[] _checks;
    private readonly byte[] _messages;
    private readonly List<int> _badFrames;
    private int _count;
    private long _terms;
    private long _judged;

    public SignatureBatch(SignatureRoom room, ReadOnlySpan<byte> seed)
    {
        _known = new StandingCache(room.StandingsMax);
        _verifier = new SignatureVerifier(seed, room.TogetherMax, room.KeysMax);
        _frames = new int[room.TogetherMax];
        _verdicts = new byte[room.TogetherMax];
        _isStanding = new bool[room.TogetherMax];
        _checks = new SignatureCheck[room.TogetherMax];
        _messages = GC.AllocateUninitializedArray<byte>(checked(room.TogetherMax * SignedMessage.SizeBytesMax), pinned: true);
        _badFrames = new List<int>(room.TogetherMax);
    }

    /// <summary>Notes a key with the signature behind it, over a body and its extension.</summary>
    public void AddTransfer(byte* key, ReadOnlySpan<byte> content, int frame)
    {
        int length = SignedMessage.OfTransfer(content, NextMessage());
        Add(key, length, key + FrameLayout.KeyBytes, frame, isStanding: false);
    }

    /// <summary>Notes a key with the standing acceptance behind it, unless it was found good before.</summary>
    public void AddStanding(byte* key, int frame)
    {
        if (_known.Contains(key))
        {
            return;
        }

        byte* terms = key + FrameLayout.KeyBytes;
        int length = SignedMessage.OfStanding(*(StandingTerms*)terms, NextMessage());
        Add(key, length, terms + StandingTerms.SizeBytes, frame, isStanding: true);
    }

    public bool IsFull => _count == _frames.Length;

    /// <summary>Frames with a signature that did not hold since <see cref="Begin"/>, one entry for each such signature.</summary>
    public ReadOnlySpan<int> BadFrames => CollectionsMarshal.AsSpan(_badFrames);

    /// <summary>Signatures verified since <see cref="Begin"/>.</summary>
    public long Verified { get; private set; }

    /// <summary>What verifying took more than if all had held, in parts that a signature has in a batch's equation.</summary>
    public long Wasted => Math.Max(_badFrames.Count * BadWorkMin, _badFrames.Count == 0 ? 0 : _terms + (_judged * JudgementWork) - Verified);

    /// <summary>Begins the counts anew.</summary>
    public void Begin()
    {
        _badFrames.Clear();
        Verified = 0;
        _terms = 0;
        _judged = 0;
    }

    /// <summary>Verifies what was noted since the last time; a frame with a signature that does not hold gets the refusal.</summary>
    public void Flush(Span<Outcome> outcomes, Outcome refusal)
    {
        _verifier.Verify(_checks.AsSpan(0, _count), _verdicts.AsSpan(0, _count));
        Verified += _count;
        _terms += _verifier.LastCost.EquationTerms;
        _judged += _verifier.LastCost.Judged;
        for (int i = 0; i < _count; i++)
        {
            if (_verdicts[i] != SignatureVerifier.Valid)
            {
                StatelessCheck.Refuse(ref outcomes[_frames[i]], refusal);
                _badFrames.Add(_frames[i]);
            }
            else if (_isStanding[i])
            {
                _known.Add(_checks[i].PublicKey);
            }
        }

        _count = 0;
    }

    private Span<byte> NextMessage() => _messages.AsSpan(_count * SignedMessage.SizeBytesMax, SignedMessage.SizeBytesMax);

    private void Add(byte* key, int messageLength, byte* signature, int frame, bool isStanding)
    {
        byte* message = (byte*)Unsafe.AsPointer(ref _messages[_count * SignedMessage.SizeBytesMax]);
        _checks[_count] = new SignatureCheck(key, message, messageLength, signature);
        _frames[_count] = frame;
        _isStanding[_count] = isStanding;
        _count++;
    }
}
