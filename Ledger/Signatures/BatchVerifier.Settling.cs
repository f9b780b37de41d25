namespace LeitherCluster.Ledger.Signatures;

/// <content>From prepared signatures to verdicts: by one equation over all, by equations over parts, and by themselves.</content>
public sealed unsafe partial class BatchVerifier
{
    // Below this many, judging each by itself takes no longer than an equation (measured: bench signatures).
    private const int EquationCountMin = 24;

    // What fails is tried again in so many parts, unless they would be smaller than that; then it is judged.
    private const int Parts = 16;
    private const int PartCountMin = 64;

    // Once so many parts and more than half of them failed, bad ones are everywhere.
    private const int FailedPartsMin = 4;

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
        Settle(_prepared.Count, verdicts);
    }

    private void Settle(int count, Span<byte> verdicts)
    {
        if (Holds(0, count, verdicts))
        {
            return;
        }

        if (_equation == null || count < 2 * PartCountMin)
        {
            Judge(0, count, verdicts);
            return;
        }

        int partCount = Math.Max(PartCountMin, (count + Parts - 1) / Parts);
        int failed = 0;
        int tried = 0;
        for (int start = 0; start < count; start += partCount, tried++)
        {
            // Where all parts but the last hold, the last one cannot.
            int end = Math.Min(start + partCount, count);
            bool isKnown = (failed >= FailedPartsMin && 2 * failed > tried) || (failed == 0 && end == count);
            if (isKnown || !Holds(start, end, verdicts))
            {
                failed++;
                Judge(start, end, verdicts);
            }
        }
    }

    // Whether an equation says so of a range; a range that is too small for one is left to be judged.
    private bool Holds(int start, int end, Span<byte> verdicts)
    {
        int count = end - start;
        if (_equation == null || count < EquationCountMin)
        {
            return false;
        }

        _cost = _cost with { EquationTerms = _cost.EquationTerms + count };
        if (!_equation.Holds(start, end))
        {
            return false;
        }

        for (int i = start; i < end; i++)
        {
            verdicts[_prepared!.Places[i]] = Valid;
        }

        return true;
    }

    private void Judge(int start, int end, Span<byte> verdicts)
    {
        PreparedBatch prepared = _prepared!;
        int width = _engine!.Width;
        for (int first = start; first < end; first += width)
        {
            int count = Math.Min(width, end - first);
            uint holds = _engine.Judge(prepared.KeyRows + first, prepared.CommitmentRows + first, prepared.Challenges + first, prepared.Responses + first, count);
            for (int i = 0; i < count; i++, holds >>= 1)
            {
                verdicts[prepared.Places[first + i]] = (holds & 1) != 0 ? Valid : Invalid;
            }
        }

        _cost = _cost with { Judged = _cost.Judged + end - start };
    }
}
