namespace LeitherCluster.Client;

/// <summary>The endpoints of a client: requests begin at each in turn, and try those last that failed lately. Thread-safe.</summary>
internal sealed class EndpointRing
{
    private static readonly TimeSpan s_avoidedFor = TimeSpan.FromSeconds(2);

    private readonly Uri[] _endpoints;
    private readonly long[] _avoidedUntil;
    private readonly TimeProvider _clock;
    private uint _next;

    public EndpointRing(IReadOnlyList<Uri> endpoints, TimeProvider clock)
    {
        _endpoints = [.. endpoints];
        _avoidedUntil = new long[_endpoints.Length];
        _clock = clock;
    }

    /// <summary>All endpoints, in the order in which one request tries them.</summary>
    public int[] Order()
    {
        int first = (int)((Interlocked.Increment(ref _next) - 1) % (uint)_endpoints.Length);
        long now = _clock.GetTimestamp();
        int[] order = new int[_endpoints.Length];
        int count = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < order.Length; i++)
            {
                int endpoint = (first + i) % order.Length;
                bool isAvoided = Volatile.Read(ref _avoidedUntil[endpoint]) > now;
                if (isAvoided == (pass == 1) && count < order.Length)
                {
                    order[count++] = endpoint;
                }
            }
        }

        // One that came back between the two passes is in neither.
        return count == order.Length ? order : [.. Enumerable.Range(0, order.Length)];
    }

    public Uri this[int endpoint] => _endpoints[endpoint];

    /// <summary>It answered.</summary>
    public void NoteGood(int endpoint) => Volatile.Write(ref _avoidedUntil[endpoint], 0);

    /// <summary>It did not: others come before it for a while.</summary>
    public void NoteBad(int endpoint) => Volatile.Write(ref _avoidedUntil[endpoint], _clock.GetTimestamp() + (long)(s_avoidedFor.TotalSeconds * _clock.TimestampFrequency));
}
