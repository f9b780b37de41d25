using LeitherCluster.Actors;
using LeitherCluster.Hosting.Journals;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;
using LeitherCluster.Tests.Hosting.Support;

namespace LeitherCluster.Tests.Hosting.Journals;

/// <summary>
/// What <c>journal verify</c> says of blocks that somebody changed together with all checksums: the blocks of a good journal, one of them forged, go
/// to the check behind the checksums.
/// </summary>
public sealed class ForgedBlockTests : IAsyncLifetime
{
    private const int SignatureOffset = 16 + RootStatement.SizeBytes + 8 + 8;

    private readonly PrivateKey _alice = TestLedger.Key(1);
    private readonly PrivateKey _bob = TestLedger.Key(2);
    private readonly PrivateKey _bookkeeper = TestLedger.Key(200);
    private TestLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = await TestLedger.StartAsync();
        await _ledger.GrantAsync(AccountIds.Of(_alice.PublicKey), 1_000);
        Assert.Equal(Outcome.Committed, (await _ledger.SendAsync(_ledger.Pay(_alice, _bob, 100, nonce: 1)))[0].Outcome);
        await _ledger.StopNodeAsync();
    }

    public Task DisposeAsync() => _ledger.DisposeAsync().AsTask();

    [Fact]
    public void Check_BlocksAsTheyAre_Hold() => Assert.Equal(2, Check(blocks => blocks).PulseCount);

    [Fact]
    public void Check_BitOfAWindowsCertificate_IsFound() =>
        AssertFound("the window's certificate is wrong", blocks => Change(blocks, LedgerStreams.SealedBlock, body => body[^10] ^= 1));

    [Fact]
    public void Check_WindowCertifiedByAStranger_IsFound() =>
        AssertFound("someone who is not of the committee", blocks => Change(blocks, LedgerStreams.SealedBlock, body => Certify(body, _bob)));

    [Fact]
    public void Check_PaymentChangedAndCertifiedAnew_IsFound() => AssertFound("would be refused: BadSignature", blocks => Change(blocks, LedgerStreams.SealedBlock, body =>
    {
        body[body.AsSpan().IndexOf(BitConverter.GetBytes(100UL))] ^= 1;
        Certify(body, _bookkeeper);
    }));

    [Fact]
    public void Check_BitOfAStatementsSignature_IsFound() =>
        AssertFound("the statement's signatures do not hold", blocks => Change(blocks, LedgerStreams.PulseBlock, body => body[SignatureOffset + 10] ^= 1));

    [Fact]
    public void Check_BitOfAStatement_IsFound() =>
        AssertFound("the statement's signatures do not hold", blocks => Change(blocks, LedgerStreams.PulseBlock, body => body[16 + 88] ^= 1));

    [Fact]
    public void Check_WindowTakenOut_IsFound() =>
        AssertFound("sealed another number of transfers", blocks => [.. blocks.Where(block => block != blocks.Last(IsOf(LedgerStreams.SealedBlock)))]);

    [Fact]
    public void Check_PulseThatComesTwice_IsFound() =>
        AssertFound("does not follow the last one", blocks => [.. blocks.Append(blocks.First(IsOf(LedgerStreams.PulseBlock)))]);

    private void AssertFound(string expected, Func<List<Block>, List<Block>> forge)
    {
        var corrupt = Assert.Throws<JournalCorruptException>(() => Check(forge));
        Assert.Contains(expected, corrupt.Message, StringComparison.Ordinal);
    }

    private LedgerJournalCheck Check(Func<List<Block>, List<Block>> forge)
    {
        var copies = new Copies();
        JournalFolder.Inspect(_ledger.Folder, copies);
        var check = new LedgerJournalCheck(_ledger.Parameters, Trust.Read(_ledger.Folder.TrustFile), checksTransfers: true);
        foreach (Block block in forge(copies.Blocks))
        {
            check.OnBlock(block.Where, block.Body);
        }

        return check;
    }

    private static void Certify(byte[] body, PrivateKey key)
    {
        Span<byte> certificate = body.AsSpan(body.Length - WindowBlock.CertificateBytes);
        key.PublicKey.AsSpan().CopyTo(certificate);
        key.Sign(WindowBlock.HashOf(body).AsSpan()).AsSpan().CopyTo(certificate[PublicKey.ByteLength..]);
    }

    // The last of a kind is the one with the payment.
    private static List<Block> Change(List<Block> blocks, byte kind, Action<byte[]> change)
    {
        change(blocks.Last(IsOf(kind)).Body);
        return blocks;
    }

    private static Func<Block, bool> IsOf(byte kind) => block => block.Where.Key.Kind == kind;

    private sealed record Block(InspectedBlock Where, byte[] Body);

    private sealed class Copies : IJournalVisitor
    {
        public List<Block> Blocks { get; } = [];

        public void OnGroup(InspectedGroup group)
        {
        }

        public void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body) => Blocks.Add(new Block(block, body.ToArray()));

        public void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body)
        {
        }
    }
}
