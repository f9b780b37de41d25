using LeitherCluster.Ledger.Tree;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>A whole ledger's tree: bands of trunks over branches, put together as actors would.</summary>
internal sealed class Forest : IDisposable
{
    private readonly IReadOnlyList<int> _bands;
    private readonly int _translucency;
    private readonly int _depthBits;
    private readonly Dictionary<(int Band, uint Index), TrunkTree> _trunks = [];
    private readonly SortedDictionary<uint, BranchTree> _branches = [];

    public Forest(IReadOnlyList<int> bands, int translucency)
    {
        _bands = bands;
        _translucency = translucency;
        _depthBits = bands.Sum();
    }

    public Synopsis Synopsis { get; private set; }

    public void Put(PlainAccount account)
    {
        uint index = account.Record.Id.Prefix(_depthBits);
        if (!_branches.TryGetValue(index, out BranchTree? branch))
        {
            branch = new BranchTree(_depthBits, index, _translucency);
            _branches.Add(index, branch);
        }

        branch.Put(account);
    }

    /// <summary>Updates the branches and rolls their synopses up through the bands.</summary>
    public Synopsis Update()
    {
        Dictionary<uint, Synopsis> level = _branches.ToDictionary(branch => branch.Key, branch => branch.Value.Update());
        for (int band = _bands.Count - 1; band >= 0; band--)
        {
            foreach ((uint index, Synopsis synopsis) in level)
            {
                Trunk(band, index >> _bands[band]).Set((int)(index & ((1u << _bands[band]) - 1)), synopsis);
            }

            level = level.Keys.Select(index => index >> _bands[band]).Distinct()
                .ToDictionary(index => index, index => Trunk(band, index).Update());
        }

        Synopsis = level.Count == 0 ? Synopsis.Empty : level[0];
        return Synopsis;
    }

    /// <summary>Goes from the root to the leaf that the id's bits lead to; null when the whole tree is empty.</summary>
    public (TreePath Above, BranchTree Branch)? Lead(AccountId id)
    {
        var path = new TreePath();
        uint index = 0;
        for (int band = 0; band < _bands.Count; band++)
        {
            int child = Trunk(band, index).Lead(id, path);
            if (child < 0)
            {
                return null;
            }

            index = (index << _bands[band]) | (uint)child;
        }

        return _branches.TryGetValue(index, out BranchTree? branch) && branch.Count > 0 ? (path, branch) : null;
    }

    public void Dispose()
    {
        foreach (BranchTree branch in _branches.Values)
        {
            branch.Dispose();
        }
    }

    private TrunkTree Trunk(int band, uint index)
    {
        if (!_trunks.TryGetValue((band, index), out TrunkTree? trunk))
        {
            trunk = new TrunkTree(_bands.Take(band).Sum(), _bands[band], _translucency);
            _trunks.Add((band, index), trunk);
        }

        return trunk;
    }
}
