using LeitherCluster.Actors.Places;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Simulation.Checks;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Simulation.Mutants;

/// <summary>
/// The protocol, broken on purpose in one place each: the seeds must notice within a bounded number of them, or the checker is blind. The same seeds
/// pass without a mutant.
/// </summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private const int SeedsMax = 100;

    /// <summary>So many of the seeds that catch mutants are run without one.</summary>
    private const int SeedsWithoutMutant = 10;

    [Fact]
    public void NoMutant_NothingIsCaught()
    {
        for (ulong seed = 1; seed <= SeedsWithoutMutant; seed++)
        {
            RunResult result = LedgerRun.Run(seed, mutant: new Mutant());
            Assert.True(result.Broken is null, result.Report);
        }
    }

    [Fact]
    public void SealsAreNotSyncedBeforeCreditsLeave_IsCaught() => Catch(static _ => new UnsyncedCommits(Exchange.SealPhase), Rule.DurableIsKept, Rule.OpensAgain);

    [Fact]
    public void StatementIsNotSynced_IsCaught() => Catch(static _ => new UnsyncedCommits(Chief.CommitPhase), Rule.DurableIsKept);

    [Fact]
    public void CreditsAreNotWritten_IsCaught() => Catch(static _ => new LostCredits(), Rule.DurableIsKept, Rule.StateIsReadBack, Rule.NothingElseFails);

    [Fact]
    public void EpochOfAnEarlierStartIsUsedAgain_IsCaught() => Catch(static _ => new StaleEpoch(), Rule.EpochRises);

    [Fact]
    public void NoncesAreForgottenAtARestart_IsCaught() => Catch(static _ => new ForgottenNonces(), Rule.NothingElseFails, Rule.TransferOnce);

    [Fact]
    public void SealedIdsAreForgottenAtARestart_IsCaught() => Catch(static _ => new ForgottenIds(), Rule.SameAnswer, Rule.ReceiptHolds);

    [Fact]
    public void CreditsAreAppliedTwice_IsCaught() => Catch(
        static scenario => WithCredits(scenario, static windows => windows.Append(windows[0])), Rule.NothingElseFails);

    [Fact]
    public void CreditsAreDropped_IsCaught() => Catch(
        static scenario => WithCredits(scenario, static windows => windows.Skip(1)), Rule.NothingElseFails);

    [Fact]
    public void CommittedIsAnsweredBeforeTheStatementIsDurable_IsCaught() => Catch(static _ => AnsweringAtCredit(), Rule.AnswerIsTrue);

    [Fact]
    public void PulseIsAnnouncedBeforeItIsDurable_IsCaught() => Catch(
        static _ => new MessageMutant(static message =>
        {
            if (message.Message is TrunkReport { Entries.Count: > 0 } report && IsChief(message.Receiver))
            {
                message.Receiver.Tell(new GroupPersisted(new GroupMark(report.Beat.Value, Chief.CommitPhase)));
            }

            return message.Message;
        }),
        Rule.AnnouncedIsDurable);

    [Fact]
    public void HoldsAreNotReleasedWhenTheyAreDue_IsCaught() => Catch(
        static _ => new MessageMutant(static message => message.Message is NextDeadline ? null : message.Message), Rule.DeadlineIsKept);

    [Fact]
    public void SynopsisOfABranchIsAnOldOne_IsCaught() => Catch(static _ => WithOldDigests(), Rule.RootFollows);

    [Fact]
    public void SupplyIsStatedTooHigh_IsCaught() => Catch(
        static _ => new MessageMutant(static message => message.Message is TrunkReport { Entries.Count: > 0 } report && IsChief(message.Receiver)
            ? report with
            {
                Synopsis = new Synopsis(report.Synopsis.Digest, report.Synopsis.Sum + 1),
                Entries = [report.Entries[0] with { Issued = report.Entries[0].Issued + 1 }, .. report.Entries.Skip(1)],
            }
            : message.Message),
        Rule.SupplyIsConserved);

    [Fact]
    public void TimeSequenceIsUsedAgain_IsCaught() => Catch(
        static _ => new MessageMutant(static message => message.Message is SealWindow { Beat: { Finish: false, Sequence.Value: > 1 } beat }
            ? new SealWindow(beat with { Sequence = new TimeSequence(beat.Sequence.Value - 1) })
            : message.Message),
        Rule.SealedIsCommitted);

    [Fact]
    public void SealedBeatIsNotFinishedAfterARestart_IsCaught() => Catch(
        static _ => new MessageMutant(static message =>
        {
            if (message.Message is not OpenBeat { Finish: true } beat)
            {
                return message.Message;
            }

            message.Sender.Tell(new BeatEnded(beat.Beat, beat.At, new TimeSequence(beat.Sequence.Value - 1), Changed: false, null));
            return null;
        }),
        Rule.SealedIsCommitted);

    [Fact]
    public void RepeatedTransferIsToldAnotherPlace_IsCaught() => Catch(
        static _ => new MessageMutant(static message => message.Message is PlacesFound found
            ? found with { Answers = [.. found.Answers.Select(static a => a with { Position = a.Position is { } p ? p with { Place = p.Place + 1 } : null })] }
            : message.Message),
        Rule.AnswerIsTrue);

    private static bool IsChief(Runtime.IActorRef actor) => actor.Path.ToString().EndsWith("/chief", StringComparison.Ordinal);

    private static MessageMutant WithCredits(Scenario scenario, Func<IReadOnlyList<SealedWindow>, IEnumerable<SealedWindow>> change) => new(message =>
    {
        if (message.Message is not ApplyCredits { Credits.Windows.Count: > 0 } credits)
        {
            return message.Message;
        }

        var table = new CreditTable(scenario.BranchCount);
        table.Build(change(credits.Credits.Windows));
        return credits with { Credits = table };
    });

    /// <summary>Branches are told that the pulse is committed as soon as they are told its credits.</summary>
    private static MessageMutant AnsweringAtCredit()
    {
        SignedStatement? last = null;
        return new MessageMutant(message =>
        {
            switch (message.Message)
            {
                case PulseCommitted committed:
                    last = committed.Statement;
                    break;
                case ApplyCredits credits when last is not null:
                    message.Receiver.Tell(new PulseCommitted(credits.Beat, last));
                    break;
                default:
                    break;
            }

            return message.Message;
        });
    }

    private static MessageMutant WithOldDigests()
    {
        var before = new Dictionary<uint, BranchEntry>();
        return new MessageMutant(message =>
        {
            if (message.Message is not BranchReport report)
            {
                return message.Message;
            }

            BranchEntry entry = report.Entry;
            BranchEntry told = before.TryGetValue(entry.Branch, out BranchEntry old) ? entry with { Digest = old.Digest } : entry;
            before[entry.Branch] = entry;
            return report with { Entry = told };
        });
    }

    private void Catch(Func<Scenario, Mutant> mutant, params Rule[] rules)
    {
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            RunResult result = LedgerRun.Run(seed, mutant: mutant(Scenario.Of(seed)));
            if (result.Broken is { } broken)
            {
                output.WriteLine($"caught by seed {seed}: {result.Report.AsSpan(0, result.Report.IndexOf('\n', StringComparison.Ordinal))}");
                Assert.Contains(broken, rules);
                Assert.True(broken != Rule.NothingElseFails || IsOwnAlarm(result.Report), result.Report);
                return;
            }
        }

        Assert.Fail($"{SeedsMax} seeds noticed nothing");
    }

    /// <summary>The ledger's own look at its sums and at what its blocks follow, and nothing that an unlucky mutant merely breaks.</summary>
    private static bool IsOwnAlarm(string report) =>
        report.Contains(nameof(PulseRefusedException), StringComparison.Ordinal) || report.Contains(nameof(InvariantBrokenException), StringComparison.Ordinal);
}
