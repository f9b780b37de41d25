using LeitherCluster.Actors.Gateway;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Ingresses;

/// <summary>
/// Takes batches of frames from a node's front doors, judges every frame by what can be said without an account, computes ids, and sends each
/// branch its slice.
/// </summary>
/// <remarks>
/// Whatever waits when a turn begins is opened together, up to a turn's frames, and its signatures are verified together: one when nothing else comes in,
/// hundreds under load. A batch that is larger than a turn takes several. Batches are not kept in order: between two of them there never was one.
/// </remarks>
public sealed unsafe partial class Ingress : Actor
{
    private const int FramesAtFirst = 1_024;

    private readonly IngressOptions _options;
    private readonly SourceBudgets _budgets;
    private readonly Queue<TransferBatch> _waiting = new();
    private readonly List<OpenBatch> _open = [];
    private readonly int _depthBits;

    // Frames of all open batches, one batch behind the other.
    private byte*[] _frames = new byte*[FramesAtFirst];
    private Outcome[] _outcomes = new Outcome[FramesAtFirst];
    private uint[] _branches = new uint[FramesAtFirst];
    private int _frameCount;
    private int _checked;

    // The first open batch that has not been sent on.
    private int _next;
    private StatelessCheck? _check;
    private long _bytesOut;
    private int _batchesOut;
    private Timestamp _committedAt;

    public Ingress(IngressOptions options)
    {
        _options = options;
        _budgets = new SourceBudgets(options.SourcesMax, options.SourceWorkMax, options.SourceWorkPerSecond);
        _committedAt = options.CommittedAt;
        _depthBits = options.Parameters.Bands.DepthBits;
        _branchStarts = new int[(1 << _depthBits) + 1];
    }

    private bool HasOpen => _next < _open.Count;

    protected override void PreStart()
    {
        Span<byte> seed = stackalloc byte[SignatureVerifier.SeedLength];
        Context.Chance.Fill(seed);
        _check = new StatelessCheck(_options.Parameters, _options.Signatures, seed);
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case SubmitBatch submit:
                _waiting.Enqueue(submit.Batch);
                AskForTurn();
                break;
            case GoOn:
                _isTurnAsked = false;
                TakeTurn();
                break;
            case BatchAccepted accepted:
                _bytesOut -= accepted.LengthBytes;
                _batchesOut--;
                AskForTurn();
                break;
            case BeatEnded ended:
                _committedAt = ended.At;
                break;
            case LearnTime time:
                _committedAt = time.At > _committedAt ? time.At : _committedAt;
                Sender.Tell(new TimeKnown(time.Asked), Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        for (; HasOpen; _next++)
        {
            AnswerAll(_open[_next].Batch, Outcome.Busy);
        }

        foreach (TransferBatch batch in _waiting)
        {
            batch.RefuseUnread(Outcome.Busy);
        }
    }

    private static void AnswerAll(TransferBatch batch, Outcome outcome)
    {
        batch.AnswerSlots.AsSpan(0, batch.Count).Fill(new TransferAnswer(outcome));
        batch.NoteAccepted(batch.Count);
        batch.NoteAnswered(batch.Count);
    }

    private sealed record GoOn : IControlMessage
    {
        public static readonly GoOn Instance = new();
    }

    /// <summary>A batch that is being worked on, and which of the frames are its.</summary>
    private readonly record struct OpenBatch(TransferBatch Batch, int First, int Count)
    {
        public int End => First + Count;
    }
}
