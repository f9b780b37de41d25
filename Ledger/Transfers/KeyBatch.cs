using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>Public keys that must hash to the account ids that they are said to open, hashed many at a time.</summary>
internal unsafe ref struct KeyBatch
{
    public const int CountMax = 64;

    private readonly Span<Outcome> _outcomes;
    private fixed long _keys[CountMax];
    private fixed long _ids[CountMax];
    private fixed int _frames[CountMax];
    private fixed ushort _refusals[CountMax];
    private int _count;

    public KeyBatch(Span<Outcome> outcomes) => _outcomes = outcomes;

    /// <summary>Notes a key, the id that it must have, and what the frame of this number gets when it has another.</summary>
    public void Add(byte* key, byte* id, int frame, Outcome refusal)
    {
        _keys[_count] = (long)key;
        _ids[_count] = (long)id;
        _frames[_count] = frame;
        _refusals[_count] = (ushort)refusal;
        if (++_count == CountMax)
        {
            Flush();
        }
    }

    /// <summary>Judges what was noted since the last time.</summary>
    public void Flush()
    {
        Hash256* digests = stackalloc Hash256[CountMax];
        byte** places = stackalloc byte*[CountMax];
        for (int i = 0; i < _count; i++)
        {
            places[i] = (byte*)(digests + i);
        }

        fixed (long* keys = _keys)
        {
            Blake3Lanes.Hash((byte**)keys, FrameLayout.KeyBytes, places, _count);
        }

        for (int i = 0; i < _count; i++)
        {
            if (*(AccountId*)(digests + i) != *(AccountId*)_ids[i])
            {
                StatelessCheck.Refuse(ref _outcomes[_frames[i]], (Outcome)_refusals[i]);
            }
        }

        _count = 0;
    }
}
