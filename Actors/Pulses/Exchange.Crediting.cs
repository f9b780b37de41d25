using LeitherCluster.Ledger.Branches;
using LeitherCluster.Runtime;

namespace LeitherCluster.Actors.Pulses;

/// <content>Exchanging and crediting: the sections of all nodes, and the branches that apply them.</content>
public sealed partial class Exchange
{
    private void OnOffered(SectionsOffered offered)
    {
        if (_beat is null || offered.Beat > _beat.Beat)
        {
            // That node heard of the beat first.
            _early[offered.Node] = offered;
            return;
        }

        if (offered.Beat != _beat.Beat || !_offers.TryAdd(offered.Node, offered) || _step != Step.Exchanging)
        {
            return;
        }

        var covered = new BranchSet(_options.BranchCount);
        foreach (SectionsOffered each in _offers.Values)
        {
            covered.UnionWith(each.Covered);
        }

        if (covered.IsFull)
        {
            OnAllCovered();
        }
    }

    private void OnAllCovered()
    {
        _step = Step.Crediting;
        _table.Build(_offers.Values.SelectMany(offer => offer.Windows));
        _reporting = new BranchSet(_options.BranchCount);
        foreach (uint branch in _options.Local.Members())
        {
            if (_table.SectionCount(branch) != 0 || (_sealed.TryGetValue(branch, out SealedWindow? window) && window is not null))
            {
                _reporting.Add(branch);
                TellBranch(branch, Credits(branch));
            }
        }

        BeatCovered coverage = Coverage();
        foreach (IActorRef trunk in _trunks)
        {
            trunk.Tell(coverage, Self);
        }
    }

    private BeatCovered Coverage() => new(_beat!.Beat, _options.Local, _reporting!, _times);

    private ApplyCredits Credits(uint branch) => new(_beat!.Beat, _beat.Sequence, _table, _options.TrunkOf(branch));

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
