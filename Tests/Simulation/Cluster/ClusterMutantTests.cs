using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime.Membership;
using LeitherCluster.Runtime.Simulation;
using LeitherCluster.Tests.Simulation.Checks;
using LeitherCluster.Tests.Simulation.Mutants;
using Xunit.Abstractions;

namespace LeitherCluster.Tests.Simulation.Cluster;

/// <summary>
/// Fence, hand-over and exchange, broken on purpose in one place each: the seeds over several nodes must notice within a bounded number of them, or the checker is
/// blind. The same seeds pass without a mutant.
/// </summary>
[Collection(EveryCore.Name)]
public sealed class ClusterMutantTests(ITestOutputHelper output)
{
    private const int SeedsMax = 60;

    /// <summary>What the ledger itself notices: sums that do not add up, blocks that do not follow.</summary>
    private static readonly Rule[] s_ownAlarm = [Rule.NothingElseFails];

    [Fact]
    public void WritesUnderAnEpochThatIsOverAreTaken_IsCaught() => Catch(static () => new ClusterMutant { IsFenced = false }, Rule.OneOwner, Rule.NothingElseFails);

    [Fact]
    public void NodeWritesUnderAnEpochNobodyGaveIt_IsCaught() =>
        Catch(static () => new ClusterMutant { Journal = static store => new ForwardEpochStore(store) }, Rule.OneOwner);

    [Fact]
    public void SuccessorDoesNotReadTheNewestSeal_IsCaught() =>
        Catch(static () => new ClusterMutant { Journal = static store => new ShortReplayStore(store) }, [.. s_ownAlarm, Rule.SealedIsCommitted, Rule.RootFollows, Rule.StateIsReadBack]);

    [Fact]
    public void CreditsAreCalledDurableAndAreNot_IsCaught() => Catch(
        static () => new ClusterMutant { Journal = static store => new UnsettledStore(store, Exchange.SettlePhase) }, [.. s_ownAlarm, Rule.RootFollows]);

    [Fact]
    public void NextBeatDoesNotWaitUntilEveryNodeHasSettled_IsCaught() => Catch(static () => new ClusterMutant { Change = SettleEarly }, [.. s_ownAlarm, Rule.RootFollows]);

    [Fact]
    public void SealedBeatIsNotFinishedInTheNextTerm_IsCaught() => Catch(
        static () => new ClusterMutant
        {
            Change = static message =>
            {
                if (message.Message is not OpenBeat { Finish: true } beat || !message.Receiver.Path.Name.StartsWith("trunk-0", StringComparison.Ordinal))
                {
                    return message.Message;
                }

                var ended = new BeatEnded(beat.Beat, beat.At, new TimeSequence(beat.Sequence.Value - 1), Changed: false, null);
                message.Sender.Tell(ended);
                foreach (SimulatedNode node in message.Node.Cluster.Nodes)
                {
                    message.Sender.Tell(new BeatSettled(beat.Term, beat.Beat, ClusterMembers.IdOf(node)));
                }

                return null;
            },
        },
        [.. s_ownAlarm, Rule.SealedIsCommitted]);

    [Fact]
    public void SectionsOfAnotherNodeAreLost_IsCaught() => Catch(
        static () => Changing<SectionsOffered>(static offered => offered with { Sections = ReadOnlyMemory<byte>.Empty }), s_ownAlarm);

    [Fact]
    public void SectionsOfABeatAreTakenForThoseOfTheNext_IsCaught() => Catch(
        static () =>
        {
            var before = new Dictionary<(NodeId From, string To), SectionsOffered>();
            return new ClusterMutant
            {
                Change = message =>
                {
                    if (message.Message is not SectionsOffered offered)
                    {
                        return message.Message;
                    }

                    SectionsOffered? old = before.GetValueOrDefault((offered.From, message.Node.Name));
                    before[(offered.From, message.Node.Name)] = offered;
                    return old is null || old.Sections.IsEmpty ? offered : offered with { Sections = old.Sections };
                },
            };
        },
        s_ownAlarm);

    [Fact]
    public void CreditsOfAnotherNodeAreAppliedTwice_IsCaught() => Catch(
        static () => Changing<ApplyCredits>(static credits =>
        {
            if (credits.Credits.Windows.Count == 0)
            {
                return credits;
            }

            var table = new CreditTable(1 << 4);
            table.Build(credits.Credits.Windows.Append(credits.Credits.Windows[^1]));
            return credits with { Credits = table };
        }),
        s_ownAlarm);

    [Fact]
    public void ReportOfANodeLacksABranch_IsCaught() => Catch(
        static () => Changing<NodeReport>(static report => report.Entries.Count > 1 ? report with { Entries = [.. report.Entries.Skip(1)] } : report), [.. s_ownAlarm, Rule.RootFollows]);

    [Fact]
    public void ReportOfANodeIsThatOfTheBeatBefore_IsCaught() => Catch(
        static () =>
        {
            var before = new Dictionary<uint, BranchEntry>();
            return Changing<NodeReport>(report =>
            {
                BranchEntry[] told = [.. report.Entries.Select(entry => before.TryGetValue(entry.Branch, out BranchEntry old) ? entry with { Digest = old.Digest } : entry)];
                foreach (BranchEntry entry in report.Entries)
                {
                    before[entry.Branch] = entry;
                }

                return report with { Entries = told };
            });
        },
        Rule.RootFollows, Rule.NothingElseFails);

    [Fact]
    public void BranchThatLacksItsCreditsIsToldThatItsPulseIsCommitted_IsCaught() => Catch(
        static () =>
        {
            SignedStatement? last = null;
            return new ClusterMutant
            {
                Change = message =>
                {
                    last = (message.Message as JoinTerm)?.Last ?? last;
                    if (message.Message is ReportStanding && last is not null)
                    {
                        for (int i = 0; i < 16; i++)
                        {
                            message.Receiver.Tell(new PulseCommitted(last.Statement.Beat, last));
                        }
                    }

                    return message.Message;
                },
            };
        },
        [.. s_ownAlarm, Rule.RootFollows, Rule.SealedIsCommitted]);

    [Fact]
    public void AnswersOfAnotherNodeAreTheNextOnes_IsCaught() => Catch(
        static () => Changing<SlicesAnswered>(static answered => answered with { Answers = [.. answered.Answers.Skip(1), answered.Answers[0]] }), Rule.AnswerIsTrue, Rule.SameAnswer);

    [Fact]
    public void WhatAnotherNodeAcceptedIsCalledCommitted_IsCaught() => Catch(
        static () => Changing<SlicesForwarded>(static (forwarded, sender) =>
        {
            var committed = new TransferAnswer(new TimeSequence(1), forwarded.Runs[0].Branch, 0, Outcome.Committed);
            sender.Tell(new SlicesAnswered(forwarded.Number, [.. Enumerable.Repeat(committed, forwarded.FrameCount)]));
            return forwarded;
        }),
        Rule.AnswerIsTrue);

    private static ClusterMutant Changing<T>(Func<T, T> change)
        where T : class => new() { Change = message => message.Message is T one ? change(one) : message.Message };

    private static ClusterMutant Changing<T>(Func<T, Runtime.IActorRef, T> change)
        where T : class => new() { Change = message => message.Message is T one ? change(one, message.Sender) : message.Message };

    private void Catch(Func<ClusterMutant> mutant, params Rule[] rules)
    {
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            RunResult result = ClusterRun.Run(seed, mutant: mutant());
            if (result.Broken is { } broken)
            {
                output.WriteLine($"caught by seed {seed}: {result.Report.AsSpan(0, Math.Min(300, result.Report.IndexOf('\n', StringComparison.Ordinal)))}");
                Assert.True(rules.Contains(broken), result.Report);
                return;
            }
        }

        Assert.Fail($"{SeedsMax} seeds noticed nothing");
    }

    /// <summary>The clock is told that every node has settled as soon as a beat has ended.</summary>
    private static object SettleEarly(SimulatedMessage message)
    {
        if (message.Message is BeatEnded ended && string.Equals(message.Receiver.Path.Name, "clock", StringComparison.Ordinal))
        {
            foreach (SimulatedNode node in message.Node.Cluster.Nodes)
            {
                for (uint incarnation = 1; incarnation <= (uint)node.Incarnation; incarnation++)
                {
                    message.Receiver.Tell(new BeatSettled(default, ended.Beat, new NodeId(node.Name, incarnation)));
                }
            }
        }

        return message.Message;
    }
}
