using LeitherCluster.Ledger.Keys;
using LeitherCluster.LoadTests.Benchmarks.Http;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>A node of the program in a process of its own on this machine, its journal on synced files, for one run.</summary>
internal sealed class OwnNodeTarget : LoadTarget
{
    private readonly LoadedLedger _ledger;
    private ServerProcess? _node;

    /// <param name="folder">where its ledger is made</param>
    /// <param name="cycle">its pulse cycle</param>
    /// <param name="seed">of its organization's key: the same seed makes the same ledger, for which transfers can be prepared once</param>
    public OwnNodeTarget(string folder, TimeSpan cycle, int seed)
    {
        _ledger = new LoadedLedger(Path.Combine(folder, "ledger"), seed);
        _node = _ledger.Run((int)cycle.TotalMilliseconds, isApart: true);
        Endpoints = [new Uri($"http://{_node.Address}")];
    }

    public override string Name => "a node of its own, journal on files";

    public override IReadOnlyList<Uri> Endpoints { get; }

    public override PrivateKey? Organization => _ledger.Organization;

    public override IReadOnlyList<int> Processes => _node is null ? [] : [_node.Id];

    public override string? VerifyJournal()
    {
        Stop();
        JournalFindings found = _ledger.Verify();
        return FormattableString.Invariant($"{found.Pulses:N0} pulses, {found.Transfers:N0} transfers, {found.Bytes:N0} bytes");
    }

    public override void Dispose()
    {
        Stop();
        base.Dispose();
    }

    private void Stop()
    {
        _node?.Dispose();
        _node = null;
    }
}
