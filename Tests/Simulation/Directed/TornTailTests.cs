using System.Collections.Concurrent;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Faults;

namespace LeitherCluster.Tests.Simulation.Directed;

/// <summary>
/// A ledger on a journal whose end is torn, or whose bytes are wrong. The witness executes all that the journal holds, and compares it with what the
/// ledger says from there on.
/// </summary>
[Collection(EveryCore.Name)]
public sealed class TornTailTests
{
    /// <summary>The last block is a seal: without it the beat never was, with it the pulse is finished.</summary>
    [Fact]
    public void LastBlockIsASeal_CutAtEveryByte_TheTransferIsTakenAgainOrThePulseFinished()
    {
        Tail tail = Tail.Make("commit .1");
        CutAtEveryByte(tail, (ledger, isWhole) =>
        {
            Assert.Equal(tail.PulsesBefore, ledger.Simulated.PulsesFound);
            Assert.Equal(tail.PulsesBefore + (isWhole ? 1 : 0), ledger.Witness.Pulses);
            TransferAnswer answer = Assert.Single(ledger.Commit(tail.Frame));
            Assert.Equal((Outcome.Committed, new TimeSequence((ulong)tail.PulsesBefore + 1)), (answer.Outcome, answer.Sequence));
        });
    }

    /// <summary>The last block is a statement: without it the seals before give the very same pulse again.</summary>
    [Fact]
    public void LastBlockIsAStatement_CutAtEveryByte_ThePulseIsFinishedAsItWas()
    {
        Tail tail = Tail.Make("commit .2");
        RootStatement statement = tail.Last!.Value;
        CutAtEveryByte(tail, (ledger, isWhole) =>
        {
            Assert.Equal(tail.PulsesBefore - (isWhole ? 0 : 1), ledger.Simulated.PulsesFound);
            Assert.Equal(tail.PulsesBefore, ledger.Witness.Pulses);
            Assert.Equal(statement.Digest(), ledger.Witness.Last!.Value.Digest());
            TransferAnswer answer = Assert.Single(ledger.Commit(tail.Frame));
            Assert.Equal((Outcome.Committed, statement.TimeSequence), (answer.Outcome, answer.Sequence));
        });
    }

    [Fact]
    public void CommittedBlock_AnyByteFlipped_RefusesToStartAndNamesFileAndOffset()
    {
        Tail tail = Tail.Make("commit .2");
        InspectedGroup group = tail.Groups[tail.Groups.Count / 2];
        byte[] segment = tail.Image[group.File];
        int refused = 0;
        for (long at = group.Offset; at < group.Offset + group.Length; at++)
        {
            segment[at] ^= 0x10;
            ViolationException breach = Assert.Throws<ViolationException>(() => new QuietLedger(null, tail.Image).Dispose());
            segment[at] ^= 0x10;
            Assert.Equal(Rule.OpensAgain, breach.Rule);
            Assert.Contains($"{group.File} at ", breach.Message, StringComparison.Ordinal);
            refused++;
        }

        Assert.Equal(group.Length, refused);
    }

    /// <summary>Starts a ledger on the journal cut at each byte of its last group, and has a fresh transfer commit after what the test looks at.</summary>
    private static void CutAtEveryByte(Tail tail, Action<QuietLedger, bool> check)
    {
        InspectedGroup last = tail.Groups[^1];
        byte[] segment = tail.Image[last.File];
        int end = (int)(last.Offset + last.Length);
        // Block headers come last in a group, on a sector of their own; behind them the page is only filled up.
        int whole = (segment.AsSpan(0, end).LastIndexOfAnyExcept((byte)0) + BlockHeader.Size) & -BlockHeader.Size;
        Parallel.ForEach(Partitioner.Create((int)last.Offset, end + 1, 64), EveryCore.Options, range =>
        {
            for (int cut = range.Item1; cut < range.Item2; cut += cut < whole + JournalFormat.SectorBytes ? 1 : 64)
            {
                using var ledger = new QuietLedger(null, tail.Image.With(last.File, segment.AsSpan(0, cut)));
                check(ledger, cut >= whole);
                int pulses = ledger.Witness.Pulses;
                TransferAnswer answer = Assert.Single(ledger.Commit(ledger.Maker.Issue(3, 5, ledger.Later)));
                Assert.Equal((Outcome.Committed, new TimeSequence((ulong)pulses + 1)), (answer.Outcome, answer.Sequence));
            }
        });
    }

    /// <summary>The disk of a ledger that was killed right after a commit, whose group is the last.</summary>
    private sealed record Tail(DiskImage Image, IReadOnlyList<InspectedGroup> Groups, byte[] Frame, int PulsesBefore, RootStatement? Last)
    {
        public static Tail Make(string step)
        {
            var trap = new StepTrap(step, StepVerdict.CrashAfter) { IsSet = false };
            using var ledger = new QuietLedger(null, trap);
            for (int pulse = 0; pulse < 3; pulse++)
            {
                ledger.Commit(ledger.Maker.Issue(pulse, 1_000, ledger.Later));
            }

            byte[] frame = ledger.Maker.Pay(0, 1, 10, ledger.Later);
            ledger.Node.PlanCrash(CrashKind.ProcessKill, restartAfter: null);
            trap.IsSet = true;
            ledger.Send(frame);
            ledger.Until(() => !ledger.Node.IsUp, "the node is killed");
            var image = DiskImage.Of(ledger.Node.Disk);
            return new Tail(image, image.Groups(), frame, ledger.Witness.Pulses, ledger.Witness.Last);
        }
    }
}
