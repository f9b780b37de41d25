using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Branches;

/// <content>Committing: the pulse of the sealed window is under a signed statement.</content>
public sealed partial class BranchLedger
{
    /// <summary>Ids of what the window sealed last made take effect, items of bundles one by one, in recorded order.</summary>
    public ReadOnlySpan<Hash256> SealedLeafIds => _leafIds.AsSpan(0, _leafCount);

    /// <summary>
    /// Marks the window sealed last as committed and answers everybody who waits for it. Does nothing when that was done.
    /// </summary>
    /// <returns>How many parties were told.</returns>
    public int CommitSealed(TimeSequence sequence, IAnswerSink sink)
    {
        if (SealedIsCommitted)
        {
            return 0;
        }

        SealedIsCommitted = true;
        Window window = _sealedWindow;
        foreach (ref readonly WindowFrame frame in window.Frames)
        {
            sink.Answer(frame.Waiter, AnswerOf(frame, sequence));
        }

        foreach ((int frame, Waiter waiter) in window.Joined)
        {
            sink.Answer(waiter, AnswerOf(window.Frames[frame], sequence));
        }

        return window.Count + window.Joined.Count;
    }

    /// <summary>Gives everybody who still waits the same answer: the branch is going down.</summary>
    public void AnswerAll(Outcome outcome, IAnswerSink sink)
    {
        AnswerAll(_open, outcome, sink);
        if (!SealedIsCommitted)
        {
            AnswerAll(_sealedWindow, outcome, sink);
        }
    }

    private static void AnswerAll(Window window, Outcome outcome, IAnswerSink sink)
    {
        var answer = new TransferAnswer(outcome);
        foreach (ref readonly WindowFrame frame in window.Frames)
        {
            sink.Answer(frame.Waiter, answer);
        }

        foreach ((int _, Waiter waiter) in window.Joined)
        {
            sink.Answer(waiter, answer);
        }
    }

    private TransferAnswer AnswerOf(in WindowFrame frame, TimeSequence sequence) => new(sequence, Branch, frame.Place, Outcome.Committed);
}
