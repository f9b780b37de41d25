namespace LeitherCluster.Ledger.Signatures;

/// <content>From prepared signatures to verdicts: by equations over ranges of them, and by themselves.</content>
public sealed unsafe partial class BatchVerifier
{
    // Below this many, judging each by itself takes no longer than an equation (measured: bench signatures).
    private const int EquationCountMin = 24;

    private void VerifyPart(ReadOnlySpan<SignatureCheck> checks, Span<byte> verdicts)
    {
        if (_prepared == null || checks.Length == 1)
        {
            for (int i = 0; i < checks.Length; i++)
            {
                verdicts[i] = Verify(checks[i]) ? Valid : Invalid;
            }

            _cost = _cost with { Judged = _cost.Judged + checks.Length };
            return;
        }

        verdicts.Clear();
        _prepared.Prepare(checks);
        _cost = _cost with { Decoded = _cost.Decoded + _prepared.DecodedCount };
        int budget = EquationTermsMax * _prepared.Count;
        Settle(0, _prepared.Count, isKnownBad: false, ref budget, verdicts);
    }

    // Whether all of a range hold. Where one of two halves is good and the whole is not, the other half needs no equation to be known as bad.
    private bool Settle(int start, int end, bool isKnownBad, ref int budget, Span<byte> verdicts)
    {
        int count = end - start;
        if (_equation == null || count < EquationCountMin || (!isKnownBad && budget < count))
        {
            return Judge(start, end, verdicts);
        }

        if (!isKnownBad)
        {
            budget -= count;
            _cost = _cost with { EquationTerms = _cost.EquationTerms + count };
            if (_equation.Holds(start, end))
            {
                for (int i = start; i < end; i++)
                {
                    verdicts[_prepared!.Places[i]] = Valid;
                }

                return true;
            }
        }

        int middle = start + (count / 2);
        bool leftHolds = Settle(start, middle, isKnownBad: false, ref budget, verdicts);
        return Settle(middle, end, isKnownBad: leftHolds, ref budget, verdicts) && leftHolds;
    }

    private bool Judge(int start, int end, Span<byte> verdicts)
    {
        bool allHold = true;
        PreparedBatch prepared = _prepared!;
        int width = _engine!.Width;
        for (int first = start; first < end; first += width)
        {
            int count = Math.Min(width, end - first);
            uint holds = _engine.Judge(prepared.KeyRows + first, prepared.CommitmentRows + first, prepared.Challenges + first, prepared.Responses + first, count);
            for (int i = 0; i < count; i++, holds >>= 1)
            {
                verdicts[prepared.Places[first + i]] = (holds & 1) != 0 ? Valid : Invalid;
                allHold &= (holds & 1) != 0;
            }
        }

        _cost = _cost with { Judged = _cost.Judged + end - start };
        return allHold;
    }
}
