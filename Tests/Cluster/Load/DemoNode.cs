using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Load;

/// <summary>A demonstration ledger in a folder of its own, with one client that pays and remembers.</summary>
internal sealed class DemoNode : IDisposable
{
    /// <summary>What <c>leither dev</c> gives to each account.</summary>
    public const ulong OpeningUnits = 1_000_000;

    /// <summary>How many accounts it gives it to.</summary>
    public const int Parties = 1_000;

    /// <summary>What that comes to.</summary>
    public const string Supply = "10000000.00";

    private const int BatchPayments = 40;

    private readonly TestFolder _folder;

    private DemoNode(TestFolder folder)
    {
        _folder = folder;
        Keys = DemoParties.Of(folder.Path, Parties);
        Book = new CommittedBook(Keys, OpeningUnits);
        Writer = new PaymentWriter(Keys, 0, Parties, new Random(1));
        Lane = new LoadLane(() => [.. Enumerable.Range(0, BatchPayments).Select(_ => Writer.Pay())], Book);
    }

    public string Folder => _folder.Path;

    public DemoParties Keys { get; }

    public CommittedBook Book { get; }

    public PaymentWriter Writer { get; }

    public LoadLane Lane { get; }

    /// <summary>Makes the ledger, plays some batches, and stops the node in order.</summary>
    public static async Task<DemoNode> StoppedAfterAsync(int batches)
    {
        var folder = new TestFolder();
        await using NodeProcess node = NodeProcess.StartDev(folder.Path);
        using var client = new NodeClient(await node.WhenListeningAsync());
        var made = new DemoNode(folder);
        for (int i = 0; i < batches; i++)
        {
            await made.Lane.StepAsync(client);
            await made.Lane.FinishAsync(client);
        }

        Assert.Equal(0, await node.StopAsync(PosixSignalNumber.Terminate));
        return made;
    }

    public void Dispose()
    {
        Keys.Dispose();
        _folder.Dispose();
    }
}
