using System.Buffers.Binary;
using System.Text;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Hosting.Support;

/// <summary>
/// Rounds of signed bundles, sent over a few connections at once: each connection's senders send one bundle each, and all requests are under way before
/// the first answer is read. The requests are made in the same memory round after round: nothing here allocates once it has run.
/// </summary>
internal sealed class BundleLoad : IDisposable
{
    private const int ItemsPerBundle = 100;
    private const int FrameBytes = FrameLayout.ItemsOffset + (ItemsPerBundle * (FrameLayout.ItemBytes + FrameLayout.StandingAcceptanceBytes));

    private readonly TestLedger _ledger;
    private readonly PrivateKey[] _keys;
    private readonly AccountId[] _ids;
    private readonly Acceptance[] _acceptances;
    private readonly RawClient[] _clients;
    private readonly byte[][] _requests;
    private readonly int _headBytes;
    private ulong _nonce;

    /// <param name="ledger">where it sends</param>
    /// <param name="senders">accounts that pay each other; a multiple of the connections</param>
    /// <param name="connections">how many requests a round is</param>
    public BundleLoad(TestLedger ledger, int senders, int connections)
    {
        _ledger = ledger;
        _keys = [.. Enumerable.Range(1, senders).Select(KeyOf)];
        _ids = [.. _keys.Select(key => AccountIds.Of(key.PublicKey))];
        _acceptances = [.. _keys.Select(AcceptanceOf)];
        int bodyBytes = senders / connections * FrameBytes;
        byte[] head = Encoding.ASCII.GetBytes(
            $"POST /v1/transfers/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: {bodyBytes}\r\n\r\n");
        _headBytes = head.Length;
        _clients = [.. Enumerable.Range(0, connections).Select(_ => new RawClient(ledger.Url, senders * TransferAnswer.SizeBytes))];
        _requests = [.. Enumerable.Range(0, connections).Select(_ => (byte[])[.. head, .. new byte[bodyBytes]])];
    }

    /// <summary>Transfers that a round is.</summary>
    public int TransfersPerRound => _keys.Length * ItemsPerBundle;

    /// <summary>The accounts that pay each other.</summary>
    public IReadOnlyList<AccountId> Senders => _ids;

    /// <summary>Sends a round and waits until it is answered.</summary>
    /// <returns>How many transfers were answered "committed".</returns>
    public int SendRound()
    {
        _nonce++;
        for (int i = 0; i < _clients.Length; i++)
        {
            Build(i);
            _clients[i].Send(_requests[i]);
        }

        int committed = 0;
        foreach (RawClient client in _clients)
        {
            ReadOnlySpan<byte> answers = client.Receive();
            for (; !answers.IsEmpty; answers = answers[TransferAnswer.SizeBytes..])
            {
                committed += BinaryPrimitives.ReadUInt16LittleEndian(answers[16..]) == (ushort)Outcome.Committed ? ItemsPerBundle : 0;
            }
        }

        return committed;
    }

    public void Dispose()
    {
        foreach (RawClient client in _clients)
        {
            client.Dispose();
        }

        foreach (PrivateKey key in _keys)
        {
            key.Dispose();
        }
    }

    private void Build(int client)
    {
        int each = _keys.Length / _clients.Length;
        for (int i = 0; i < each; i++)
        {
            int sender = (client * each) + i;
            var bundle = new BundleBuilder(_requests[client].AsSpan(_headBytes + (i * FrameBytes)), _ledger.Body(TransferKind.Bundle, _keys[sender], default, 0, _nonce));
            for (int item = 0; item < ItemsPerBundle; item++)
            {
                int receiver = (sender + item + 1) % _keys.Length;
                bundle.Add(_ids[receiver], new Amount(1), default, _acceptances[receiver]);
            }

            bundle.Finish(_keys[sender]);
        }
    }

    private Acceptance AcceptanceOf(PrivateKey key)
    {
        var terms = new StandingTerms
        {
            Ledger = _ledger.Parameters.Ledger,
            Receiver = AccountIds.Of(key.PublicKey),
            LargestAmount = new Amount(ulong.MaxValue),
            Expiry = new Timestamp((ulong)DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds()),
        };
        return Acceptance.ByStanding(key.PublicKey, StandingAcceptance.Sign(terms, key));
    }

    private static PrivateKey KeyOf(int number)
    {
        Span<byte> seed = stackalloc byte[PrivateKey.SeedLength];
        seed.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(seed, number);
        return PrivateKey.FromSeed(seed);
    }
}
