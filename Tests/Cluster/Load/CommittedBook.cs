using System.Diagnostics;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Tests.Cluster.Support;

namespace LeitherCluster.Tests.Cluster.Load;

/// <summary>All that a node has answered "committed", as its clients remember it; and what every balance must be, worked out from that alone.</summary>
internal sealed class CommittedBook(DemoParties parties, ulong openingUnits)
{
    private const int Decimals = 2;
    private const int AskedAtOnce = 8;

    private readonly Lock _gate = new();
    private readonly List<(Payment Payment, TransferAnswer Answer)> _entries = [];
    private long _lastTicks = Stopwatch.GetTimestamp();
    private TimeSpan _longestPause;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public void Add(Payment payment, in TransferAnswer answer)
    {
        lock (_gate)
        {
            _entries.Add((payment, answer));
            TimeSpan pause = Stopwatch.GetElapsedTime(_lastTicks);
            _lastTicks = Stopwatch.GetTimestamp();
            _longestPause = pause > _longestPause ? pause : _longestPause;
        }
    }

    /// <summary>The longest time between two entries since this was asked last.</summary>
    public TimeSpan TakeLongestPause()
    {
        lock (_gate)
        {
            TimeSpan longest = _longestPause;
            _longestPause = default;
            return longest;
        }
    }

    /// <summary>The entries from one on.</summary>
    public IReadOnlyList<(Payment Payment, TransferAnswer Answer)> From(int first)
    {
        lock (_gate)
        {
            return _entries[first..];
        }
    }

    /// <summary>Asks for each entry from one on by its id: the node must say what it said then.</summary>
    public Task AssertFoundAsync(NodeClient client, int first) => Parallel.ForEachAsync(
        From(first),
        new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce },
        async (entry, _) => Assert.Equal(entry.Answer, await client.FindAsync(entry.Payment.AskId, parties.Ids[entry.Payment.Payer])));

    /// <summary>Sends some of the entries again: each must get the answer that it got then.</summary>
    public static async Task AssertRepeatedAsync(NodeClient client, IReadOnlyList<(Payment Payment, TransferAnswer Answer)> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        TransferAnswer[]? answers = await client.SubmitAsync(entries.SelectMany(entry => entry.Payment.Frame).ToArray());
        Assert.Equal(entries.Select(entry => entry.Answer), answers);
    }

    /// <summary>Compares every party's balance with what the entries make it.</summary>
    public async Task AssertBalancesAsync(NodeClient client)
    {
        ulong[] expected = new ulong[parties.Ids.Count];
        Array.Fill(expected, openingUnits);
        foreach ((Payment payment, _) in From(0))
        {
            foreach ((int receiver, ulong units) in payment.Items)
            {
                expected[payment.Payer] = checked(expected[payment.Payer] - units);
                expected[receiver] = checked(expected[receiver] + units);
            }
        }

        for (int i = 0; i < expected.Length; i++)
        {
            AccountLine account = await client.AccountAsync(parties.Ids[i]);
            Assert.Equal((i, new Amount(expected[i]).ToString(Decimals)), (i, account.Balance));
        }
    }
}
