using System.Diagnostics;
using LeitherCluster.Tests.Cluster.Load;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Networks;

/// <summary>
/// Clients of a network that go from node to node, and what they were answered. At the end everything that was answered must be there, at every node, and add up.
/// </summary>
internal sealed class NetworkLoad : IDisposable
{
    private const int Parties = 200;
    private const int Lanes = 2;
    private const int BatchPayments = 20;
    private const ulong OpeningUnits = 1_000_000;
    private const string Supply = "10000000.00";

    // Nodes, server and tests share two cores, with others at times.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Network _network;
    private readonly DemoParties _parties;
    private readonly LoadLane[] _lanes;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<int> _avoided = [];
    private Task[] _running = [];
    private int _next;

    public NetworkLoad(Network network)
    {
        _network = network;
        _parties = DemoParties.Of(network.FirstFolder, Parties);
        Book = new CommittedBook(_parties, OpeningUnits);
        _lanes =
        [
            .. Enumerable.Range(0, Lanes).Select(lane =>
            {
                var writer = new PaymentWriter(_parties, lane * Parties / Lanes, Parties / Lanes, new Random(lane));
                return new LoadLane(() => [.. Enumerable.Range(0, BatchPayments).Select(_ => writer.Pay())], Book);
            }),
        ];
    }

    public CommittedBook Book { get; }

    /// <summary>Begins to pay.</summary>
    public void Start() => _running = [.. _lanes.Select(lane => lane.RoveAsync(Pick, _stop.Token))];

    /// <summary>Clients go to other nodes than this one; requests under way are let alone.</summary>
    public void Avoid(int node)
    {
        lock (_avoided)
        {
            _avoided.Add(node);
        }
    }

    /// <summary>Clients may go there again.</summary>
    public void Use(int node)
    {
        lock (_avoided)
        {
            _avoided.Remove(node);
        }
    }

    /// <summary>Waits until that many more payments are committed, whatever nodes were overtaken meanwhile.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> UntilMoreAsync(int batches)
    {
        var watch = Stopwatch.StartNew();
        int wanted = Book.Count + (batches * BatchPayments);
        await Eventually.GetAsync(
            async () =>
            {
                await _network.SuperviseAsync();
                return Book.Count;
            },
            seen => seen >= wanted,
            s_patience);
        return watch.Elapsed;
    }

    /// <summary>Stops, has everything answered that was asked, and compares what every node says with what clients know.</summary>
    /// <returns>A line for the report.</returns>
    public async Task<string> FinishAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).WaitAsync(s_patience);
        await _network.UntilSpreadAsync();
        await Task.WhenAll(_lanes.Select(lane => lane.FinishAsync(_network.Client(0)))).WaitAsync(s_patience);
        for (int node = 0; node < _network.Count; node++)
        {
            NodeStatus status = await Eventually.GetAsync(() => _network.Client(node).StatusAsync(), seen => seen is { State: "running", LastPulse: not null }, s_patience);
            Assert.Equal(Supply, status.LastPulse!.Supply);
            await Book.AssertFoundAsync(_network.Client(node), 0);
        }

        await Book.AssertBalancesAsync(_network.Client(1));
        CommandResult verified = await _network.VerifyAsync();
        Assert.True(verified.ExitCode == 0, verified.Error);
        return $"{Book.Count} payments were answered committed. {verified.Output}";
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _parties.Dispose();
    }

    private NodeClient Pick()
    {
        lock (_avoided)
        {
            int[] allowed = [.. Enumerable.Range(0, _network.Count).Where(node => !_avoided.Contains(node) && !_network.Node(node).HasExited)];
            return allowed.Length == 0 ? _network.Client(_next % _network.Count) : _network.Client(allowed[_next++ % allowed.Length]);
        }
    }
}
