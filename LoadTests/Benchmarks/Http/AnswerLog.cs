using System.Buffers.Binary;
using System.Diagnostics;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>A request that was answered, in ticks of the stopwatch.</summary>
internal readonly record struct AnsweredRequest(SendTimes Times, long Answered);

/// <summary>The first answer that bears a time sequence, and what both processes had used by then.</summary>
internal sealed record PulseSeen(ulong Sequence, long Ticks, double ServerSeconds, double GeneratorSeconds);

/// <summary>All that the ledger said, counted: what was committed in which pulse, and that no place in the ledger was given twice.</summary>
internal sealed class AnswerLog(ServerProcess server)
{
    private readonly Lock _gate = new();
    private readonly List<AnsweredRequest> _requests = [];
    private readonly SortedDictionary<ulong, long> _transfersOf = [];
    private readonly HashSet<(ulong Sequence, uint Branch, uint Place)> _places = [];
    private readonly List<PulseSeen> _pulses = [];
    private readonly SortedDictionary<Outcome, long> _refused = [];

    /// <summary>Transfers that were answered "committed".</summary>
    public long Committed { get; private set; }

    public IReadOnlyList<AnsweredRequest> Requests => _requests;

    public IReadOnlyList<PulseSeen> Pulses => _pulses;

    /// <summary>Frames that were answered otherwise, by outcome.</summary>
    public IReadOnlyDictionary<Outcome, long> Refused => _refused;

    /// <summary>Transfers committed in a pulse.</summary>
    public long TransfersOf(ulong sequence) => _transfersOf.GetValueOrDefault(sequence);

    /// <summary>Takes the answers to a request down.</summary>
    /// <exception cref="InvalidOperationException">There are too few or too many, or one names a place that another named before.</exception>
    public void Note(BundleRequest request, SendTimes times, ReadOnlySpan<byte> answers)
    {
        long now = Stopwatch.GetTimestamp();
        Require(answers.Length == request.Frames * TransferAnswer.SizeBytes, "every frame has an answer");
        lock (_gate)
        {
            _requests.Add(new AnsweredRequest(times, now));
            for (int frame = 0; frame < request.Frames; frame++)
            {
                Add(answers[(frame * TransferAnswer.SizeBytes)..], request.TransfersOf(frame), now);
            }
        }
    }

    private void Add(ReadOnlySpan<byte> answer, int transfers, long now)
    {
        ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(answer);
        var outcome = (Outcome)BinaryPrimitives.ReadUInt16LittleEndian(answer[16..]);
        if (outcome != Outcome.Committed)
        {
            _refused[outcome] = _refused.GetValueOrDefault(outcome) + 1;
            return;
        }

        uint branch = BinaryPrimitives.ReadUInt32LittleEndian(answer[8..]);
        uint place = BinaryPrimitives.ReadUInt32LittleEndian(answer[12..]);
        Require(_places.Add((sequence, branch, place)), "a place in the ledger is given once");
        if (_transfersOf.TryAdd(sequence, 0))
        {
            _pulses.Add(new PulseSeen(sequence, now, server.ProcessorSeconds, Environment.CpuUsage.TotalTime.TotalSeconds));
        }

        _transfersOf[sequence] += transfers;
        Committed += transfers;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"It does not hold that {what}.");
        }
    }
}
