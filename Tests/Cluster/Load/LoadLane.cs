using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Load;

/// <summary>
/// A client that sends batches, one after the other, to whatever node it is shown: what was not answered "committed" it sends again, byte by byte the same,
/// until it is. So whatever happens to nodes, every payment of a lane is committed in the end, once.
/// </summary>
internal sealed class LoadLane(Func<IReadOnlyList<Payment>> next, CommittedBook book)
{
    private IReadOnlyList<Payment> _open = [];

    /// <summary>Whether something was sent whose answer is not known yet.</summary>
    public bool HasOpen => _open.Count != 0;

    /// <summary>Sends until told to stop, or the node is gone.</summary>
    public async Task RunAsync(NodeClient client, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await StepAsync(client);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or ObjectDisposedException)
        {
            // Killed under us: what is open stays so.
        }
    }

    /// <summary>Sends until told to stop, to whichever node is picked; when that one is gone, to the next that is.</summary>
    public async Task RoveAsync(Func<NodeClient> pick, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await RunAsync(pick(), stop);
        }
    }

    /// <summary>Sends what is open until all of it is committed.</summary>
    public async Task FinishAsync(NodeClient client)
    {
        while (HasOpen)
        {
            await StepAsync(client);
        }
    }

    /// <summary>Sends what is open, or else something new, once.</summary>
    public async Task StepAsync(NodeClient client)
    {
        if (!HasOpen)
        {
            _open = next();
        }

        TransferAnswer[]? answers = await client.SubmitAsync(_open.SelectMany(payment => payment.Frame).ToArray());
        if (answers is not null)
        {
            Settle(answers);
        }
    }

    private void Settle(TransferAnswer[] answers)
    {
        Assert.Equal(_open.Count, answers.Length);
        var open = new List<Payment>();
        for (int i = 0; i < answers.Length; i++)
        {
            switch (answers[i].Outcome)
            {
                case Outcome.Committed:
                    book.Add(_open[i], answers[i]);
                    break;
                case Outcome.Busy or Outcome.Pending:
                    open.Add(_open[i]);
                    break;
                default:
                    Assert.Fail($"A good payment was answered {answers[i].Outcome}.");
                    break;
            }
        }

        _open = open;
    }
}
