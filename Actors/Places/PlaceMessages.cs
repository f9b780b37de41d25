using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Places;

/// <summary>A branch tells what a committed window made take effect; what it later asks about has been told before.</summary>
/// <param name="Branch">index of the branch</param>
/// <param name="Beat">the window's beat</param>
/// <param name="Sequence">its time sequence</param>
/// <param name="At">its timestamp</param>
/// <param name="Ids">rented from <see cref="IdArrays"/> by the sender, given back by the receiver</param>
/// <param name="Count">how many of them are meant</param>
public sealed record IndexWindow(uint Branch, BeatNumber Beat, TimeSequence Sequence, Timestamp At, Hash256[] Ids, int Count) : IControlMessage, IReleasable
{
    private const int IdsMax = 1 << 20;
    private const int ArraysMax = 1 << 10;

    /// <summary>
    /// All branches of a node rent at once, and others give back: the shared pool, which keeps arrays by thread and core, would let most of them go.
    /// </summary>
    public static System.Buffers.ArrayPool<Hash256> IdArrays { get; } = System.Buffers.ArrayPool<Hash256>.Create(IdsMax, ArraysMax);

    public void Release() => IdArrays.Return(Ids);
}

/// <summary>
/// The guardian to the keeper of places: the branches of this node. Of those it did not have it reads what the index lacks.
/// </summary>
/// <param name="Branches">ascending</param>
/// <param name="ToldThrough">the newest committed beat: what branches sealed after it is told when it is committed</param>
public sealed record SealedPlacesKept(IReadOnlyList<uint> Branches, BeatNumber ToldThrough) : IControlMessage
{
    /// <summary>All branches, before any beat: what is in the journal is committed by the first, or was.</summary>
    public static SealedPlacesKept All(int branchCount) => new([.. Enumerable.Range(0, branchCount).Select(static branch => (uint)branch)], BeatNumber.Last);
}

/// <summary>The keeper of places to its parent: it knows all that the journal held of the branches that it was given first.</summary>
public sealed record PlacesReady : IControlMessage
{
    public static readonly PlacesReady Instance = new();
}

/// <summary>One frame that may be a repeat: if no sealed window holds its id, the refusal stands.</summary>
public readonly record struct PlaceQuestion(Hash256 Id, int Frame, Outcome Refusal);

/// <summary>A branch asks whether its sealed windows hold these.</summary>
public sealed record FindPlaces(uint Branch, TransferBatch Batch, IReadOnlyList<PlaceQuestion> Questions) : IControlMessage, IReleasable
{
    /// <summary>It reaches nobody who could look: the frames are answered <see cref="Outcome.Busy"/>, and may be sent again.</summary>
    public void Release()
    {
        foreach (PlaceQuestion question in Questions)
        {
            Batch.AnswerSlots[question.Frame] = new TransferAnswer(Outcome.Busy);
        }

        Batch.NoteAnswered(Questions.Count);
    }
}

/// <summary>What was found, question by question; a null position: nothing.</summary>
public sealed record PlacesFound(TransferBatch Batch, IReadOnlyList<(PlaceQuestion Question, WindowPosition? Position, TimeSequence Sequence)> Answers)
    : IControlMessage, IReleasable
{
    /// <summary>Gives the frames their answers: a transfer that a sealed window holds the one it got then, any other its refusal. Returns how many were refused.</summary>
    public int Answer()
    {
        int refused = 0;
        foreach ((PlaceQuestion question, WindowPosition? position, TimeSequence sequence) in Answers)
        {
            Batch.AnswerSlots[question.Frame] = position is { } place
                ? new TransferAnswer(sequence, place.Branch, place.Place, Outcome.Committed)
                : new TransferAnswer(question.Refusal);
            refused += position is null ? 1 : 0;
        }

        Batch.NoteAnswered(Answers.Count);
        return refused;
    }

    /// <summary>The branch that asked is gone; its parties get their answers all the same.</summary>
    public void Release() => Answer();
}

/// <summary>A front door asks where a transfer is. Without a branch every branch's windows are searched.</summary>
public sealed record FindPlace(Hash256 Id, uint? Branch) : IControlMessage, IWireMessage;

/// <summary>Where it is; null when no searchable window holds it, of its branch or of any.</summary>
public sealed record PlaceFound(TransferPlace? Place) : IControlMessage, IWireMessage;

/// <summary>
/// The windows of these branches do not hold it. What those of the others hold, whoever answers cannot tell now: they are another node's, or windows are
/// still to be read.
/// </summary>
/// <param name="Branches">ascending</param>
public sealed record PlacesSearched(IReadOnlyList<uint> Branches) : IControlMessage, IWireMessage;
