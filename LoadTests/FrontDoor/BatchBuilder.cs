using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>A batch that was made and signed beforehand.</summary>
/// <param name="Kind">what it does</param>
/// <param name="Frames">frames to submit; none for inquiries</param>
/// <param name="Then">frames to submit when those are committed; none but for holds</param>
internal readonly record struct PreparedBatch(StepKind Kind, ReadOnlyMemory<byte> Frames, ReadOnlyMemory<byte> Then);

/// <summary>Makes and signs batches: senders in turn, receivers as the scenario says. The same number makes the same batch, on whichever thread. Thread-safe.</summary>
internal sealed class BatchBuilder
{
    private const int ReleaseEvery = 4;
    private const ulong HoldMs = 3_600_000;

    private readonly Scenario _scenario;
    private readonly LoadScript _script;
    private readonly Parties _parties;
    private readonly LedgerId _ledger;
    private readonly ulong[] _noncesBefore;
    private readonly Receivers _receivers;
    private readonly Amount _amount;
    private readonly Timestamp _expiry;

    /// <param name="scenario">what is sent</param>
    /// <param name="script">in which order</param>
    /// <param name="parties">who pay each other</param>
    /// <param name="ledger">on which ledger</param>
    /// <param name="noncesBefore">the highest nonce that each party used</param>
    /// <param name="branchBits">bits of an id that say its branch</param>
    /// <param name="amount">of every payment</param>
    /// <param name="expiry">of every transfer</param>
    public BatchBuilder(
        Scenario scenario, LoadScript script, Parties parties, LedgerId ledger, ulong[] noncesBefore, int branchBits, Amount amount, Timestamp expiry)
    {
        _scenario = scenario;
        _script = script;
        _parties = parties;
        _ledger = ledger;
        _noncesBefore = noncesBefore;
        _receivers = Receivers.Of(scenario, parties.Ids, branchBits);
        _amount = amount;
        _expiry = expiry;
    }

    /// <summary>Makes the batch of a number.</summary>
    public PreparedBatch Build(int number)
    {
        ScriptedBatch scripted = _script[number];
        var random = new SplitMix(((ulong)_scenario.Seed << 32) ^ (ulong)number);
        return scripted.Kind switch
        {
            StepKind.Pay => new PreparedBatch(StepKind.Pay, Pays(scripted, ref random), default),
            StepKind.Bundle => new PreparedBatch(StepKind.Bundle, Bundles(scripted, ref random), default),
            StepKind.Hold => Holds(scripted, ref random),
            _ => new PreparedBatch(StepKind.Inquiry, default, default),
        };
    }

    private byte[] Pays(ScriptedBatch scripted, ref SplitMix random)
    {
        var frames = new FrameList(scripted.Turns * (FrameLayout.FrameBytesMin + FrameLayout.StandingAcceptanceBytes));
        for (int i = 0; i < scripted.Turns; i++)
        {
            TransferBody body = BodyOf(TransferKind.Pay, scripted.FirstTurn + i, out int sender);
            int receiver = _receivers.Next(sender, ref random);
            body = body with { Receiver = _parties.IdOf(receiver), Amount = _amount };
            frames.Took(TransferBuilder.Pay(frames.Room, body, _parties.KeyOf(sender), _parties.AcceptanceOf(receiver)));
        }

        return frames.Bytes;
    }

    private byte[] Bundles(ScriptedBatch scripted, ref SplitMix random)
    {
        var frames = new FrameList((scripted.Turns * FrameLayout.ItemsOffset) + (_scenario.Batch * (FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes)));
        for (int i = 0; i < scripted.Turns; i++)
        {
            var bundle = new BundleBuilder(frames.Room, BodyOf(TransferKind.Bundle, scripted.FirstTurn + i, out int sender));
            int items = Math.Min(_scenario.BundleItems, _scenario.Batch - (i * _scenario.BundleItems));
            for (int item = 0; item < items; item++)
            {
                int receiver = _receivers.Next(sender, ref random);
                bundle.Add(_parties.IdOf(receiver), _amount, default, _parties.AcceptanceOf(receiver));
            }

            frames.Took(bundle.Finish(_parties.KeyOf(sender)));
        }

        return frames.Bytes;
    }

    private PreparedBatch Holds(ScriptedBatch scripted, ref SplitMix random)
    {
        const int FrameBytes = FrameLayout.FrameBytesMin + FrameLayout.ExtensionBytes + FrameLayout.StandingAcceptanceBytes;
        var reserves = new FrameList(scripted.Turns * FrameBytes);
        var then = new FrameList(scripted.Turns * FrameBytes);
        var terms = new HoldTerms(new Timestamp(_expiry.UnixMs + HoldMs), default);
        for (int i = 0; i < scripted.Turns; i++)
        {
            TransferBody body = BodyOf(TransferKind.Reserve, scripted.FirstTurn + i, out int owner);
            int receiver = _receivers.Next(owner, ref random);
            body = body with { Receiver = _parties.IdOf(receiver), Amount = _amount };
            reserves.Took(TransferBuilder.Reserve(reserves.Room, body, terms, _parties.KeyOf(owner), _parties.AcceptanceOf(receiver)));
            if (i >= _scenario.Batch - scripted.Turns)
            {
                // Of an odd number one is left to expire.
                continue;
            }

            then.Took(i % ReleaseEvery == 0
                ? TransferBuilder.Release(then.Room, body with { Kind = TransferKind.Release, Amount = Amount.Zero }, _parties.KeyOf(receiver))
                : TransferBuilder.Post(then.Room, body with { Kind = TransferKind.Post }, _amount, _parties.KeyOf(owner)));
        }

        return new PreparedBatch(StepKind.Hold, reserves.Bytes, then.Bytes);
    }

    private TransferBody BodyOf(TransferKind kind, long turn, out int sender)
    {
        (long round, long number) = Math.DivRem(turn, _parties.Count);
        sender = (int)number;
        return new TransferBody
        {
            Version = TransferBody.CurrentVersion,
            Kind = kind,
            Ledger = _ledger,
            Sender = _parties.IdOf(sender),
            Nonce = _noncesBefore[sender] + (ulong)round + 1,
            Expiry = _expiry,
        };
    }

    /// <summary>Frames one behind the other.</summary>
    private struct FrameList(int bytesMax)
    {
        private readonly byte[] _bytes = new byte[bytesMax];
        private int _length;

        public readonly Span<byte> Room => _bytes.AsSpan(_length);

        public readonly byte[] Bytes => _length == _bytes.Length ? _bytes : _bytes[.._length];

        public void Took(int bytes) => _length += bytes;
    }
}
