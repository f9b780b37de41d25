using LeitherCluster.Actors.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Actors.Pulses;

/// <content>Exchanging and crediting: the sections of all nodes, and the branches that apply them.</content>
public sealed partial class Exchange
{
    /// <summary>Sends each node the sections that its branches get from those here, and with them the word that these are covered.</summary>
    private void Offer(IEnumerable<NodeId> nodes)
    {
        foreach (NodeId node in nodes)
        {
            BranchSet targets = _layout!.Of(node);
            byte[] sections = SectionsFormat.Write(_sealed.Values.OfType<SealedWindow>(), targets.Contains);
            _options.Peer(node).Tell(new SectionsOffered(_term, (_beat ?? _ended)!.Beat, _options.Node, sections), Self);
        }
    }

    private void OnOffered(SectionsOffered offered)
    {
        if (offered.Term > _term || (offered.Term == _term && offered.Beat > ((_beat ?? _ended)?.Beat ?? BeatNumber.None)))
        {
            // That node heard of the beat first. Of each node there is one such at the most.
            _early[offered.From] = offered;
            return;
        }

        if (offered.Term == _term && _beat is not null && offered.Beat == _beat.Beat)
        {
            Take(offered);
            WhenAllCovered();
        }
    }

    private void TakeEarlyOffers()
    {
        foreach (NodeId peer in _peers)
        {
            if (_early.Remove(peer, out SectionsOffered? early) && early.Term == _term && early.Beat == _beat!.Beat)
            {
                Take(early);
            }
        }
    }

    private void Take(SectionsOffered offered)
    {
        if (!_peers.Contains(offered.From) || !SectionsFormat.TryRead(offered.Sections.Span, offered.Beat, out IReadOnlyList<SealedWindow>? windows))
        {
            Context.Log.Warning($"The sections of {offered.From} for beat {offered.Beat} are no sections");
            return;
        }

        if (_offers.TryAdd(offered.From, windows))
        {
            return;
        }

        // Keyed by the source's block: another copy is the same, or somebody forges.
        foreach ((SealedWindow first, SealedWindow second) in _offers[offered.From].Zip(windows))
        {
            if (first.Branch != second.Branch || first.BlockHash != second.BlockHash)
            {
                throw new SectionsConflictException(offered.Beat, second.Branch);
            }
        }
    }

    private void OnSectionsMissing(SectionsMissing missing)
    {
        bool hasThem = missing.Beat == _ended?.Beat || (missing.Beat == _beat?.Beat && _step is Step.Exchanging or Step.Crediting);
        if (IsOfThisTerm(missing.Term) && hasThem && _peers.Contains(missing.From))
        {
            Offer([missing.From]);
        }
    }

    private void WhenAllCovered()
    {
        if (_step != Step.Exchanging || _offers.Count < _peers.Count)
        {
            return;
        }

        _step = Step.Crediting;
        if (_reporting is null)
        {
            TellCredits();
        }

        if (!IsAlone)
        {
            Context.Timers.Start(AgainKey, AskAgain.Instance, AskAgainAfter);
            ReportWhenAllHaveCredited();
            return;
        }

        BeatCovered coverage = Coverage();
        foreach (IActorRef trunk in _trunks)
        {
            trunk.Tell(coverage, Self);
        }
    }

    /// <summary>
    /// Has the branches apply what they get. On a single node while the seals become durable: its credits leave for nowhere, no trunk hears of the beat before they
    /// are, and when they cannot be, all start again from the journal.
    /// </summary>
    private void TellCredits()
    {
        _table.Build(_sealed.Values.OfType<SealedWindow>().Concat(_peers.SelectMany(peer => _offers[peer])));
        _reporting = new BranchSet(_options.BranchCount);
        foreach (uint branch in _local.Members())
        {
            if (_table.SectionCount(branch) != 0 || (_sealed.TryGetValue(branch, out SealedWindow? window) && window is not null))
            {
                _reporting.Add(branch);
                TellBranch(branch, Credits(branch));
            }
        }
    }

    private BeatCovered Coverage() => new(_beat!.Beat, _local, _reporting!, _times);

    private ApplyCredits Credits(uint branch) => new(_beat!.Beat, _beat.Sequence, _table, IsAlone ? _options.TrunkOf(branch) : Self);

    private void OnReportsMissing(ReportsMissing missing)
    {
        if (_step != Step.Crediting || missing.Beat != _beat!.Beat)
        {
            return;
        }

        foreach (uint branch in missing.Branches)
        {
            if (_reporting!.Contains(branch))
            {
                TellBranch(branch, Credits(branch));
            }
        }
    }

    private void OnCommitted(PulseCommitted committed)
    {
        if (_step != Step.Crediting || committed.Beat != _beat!.Beat)
        {
            return;
        }

        foreach (uint branch in _reporting!.Members())
        {
            TellBranch(branch, committed);
        }
    }
}
