using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Hashing;
using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Runs;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>
/// What a coordinator and its generators, processes of this same program (<c>leither-load generate</c>), say to each other: one JSON object a line, the
/// coordinator on a generator's standard input, the generator on its standard output.
/// <code>
/// coordinator                          generator
/// GeneratorWork                  ->
///                                &lt;-   GeneratorSaid, Ready
/// GeneratorOrder, Load           ->
///                                &lt;-   GeneratorSaid, Counts      every CountsEvery
/// (GeneratorOrder, Stop          ->)
///                                &lt;-   GeneratorSaid, Ended       sends no more
/// (GeneratorOrder, GiveUp        ->)
///                                &lt;-   GeneratorSaid, Done        all is answered, or given up: with books and samples
/// GeneratorOrder, Load           ->    the next one
/// end of the stream              ->    the generator ends
/// </code>
/// Counts are those since the line before, so that the coordinator adds up what it reads; times are of the machine's monotonic clock, which all processes share.
/// Every generator opens the file of prepared batches and sends those whose number is its own modulo the number of generators: no two send the same nonce.
/// </summary>
internal static class GeneratorProtocol
{
    /// <summary>How often a generator tells what it counted.</summary>
    public static readonly TimeSpan CountsEvery = TimeSpan.FromMilliseconds(200);

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Write<T>(T message) => JsonSerializer.Serialize(message, s_options);

    /// <exception cref="JsonException">The line is something else.</exception>
    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, s_options) ?? throw new JsonException($"'{line}' says nothing.");

    /// <summary>Sampled transfers as bytes, one fixed layout behind the other: both ends are the same program on the same machine.</summary>
    public static byte[] Pack(IReadOnlyList<SampledTransfer> samples) =>
        MemoryMarshal.AsBytes<PackedSample>([.. samples.Select(each => new PackedSample(each.Id, each.Sender, each.Receiver, each.Amount, each.Answer))]).ToArray();

    /// <summary>What <see cref="Pack"/> packed.</summary>
    public static IReadOnlyList<SampledTransfer> Unpack(byte[] bytes) =>
        [.. MemoryMarshal.Cast<byte, PackedSample>(bytes).ToArray().Select(each => new SampledTransfer(each.Id, each.Sender, each.Receiver, each.Amount, each.Answer))];

    private readonly record struct PackedSample(Hash256 Id, AccountId Sender, AccountId Receiver, Amount Amount, TransferAnswer Answer);
}

/// <summary>All that a generator must know before it can send.</summary>
/// <param name="Endpoints">of the ledger</param>
/// <param name="Ledger">its id</param>
/// <param name="Prepared">the file of prepared batches</param>
/// <param name="Parameters">that it was prepared with</param>
/// <param name="PartiesSeed">of the parties' keys</param>
/// <param name="Parties">how many there are</param>
/// <param name="Expiry">of their acceptances, ms</param>
/// <param name="AmountUnits">of every payment</param>
/// <param name="Batch">transfers in a batch</param>
/// <param name="CycleMs">the pulse cycle</param>
/// <param name="Seed">of the load</param>
/// <param name="Index">which generator this is</param>
/// <param name="Count">of how many</param>
internal sealed record GeneratorWork(
    IReadOnlyList<Uri> Endpoints, string Ledger, string Prepared, string Parameters, int PartiesSeed, int Parties, ulong Expiry, ulong AmountUnits, int Batch, double CycleMs, int Seed, int Index, int Count);

/// <summary>What a generator is told to do.</summary>
internal enum GeneratorTask
{
    /// <summary>Send a load, from a time on.</summary>
    Load = 0,

    /// <summary>Send no more, and wait for what is not answered.</summary>
    Stop = 1,

    /// <summary>Wait no longer.</summary>
    GiveUp = 2,
}

/// <summary>An order; all but the task is of <see cref="GeneratorTask.Load"/>.</summary>
/// <param name="Task">what to do</param>
/// <param name="Simulations">when batches are due</param>
/// <param name="FirstBatch">the first of the load, whoever sends it</param>
/// <param name="EndBatch">after the last</param>
/// <param name="UnderWayMax">requests that this generator may have under way</param>
/// <param name="StartTicks">when the load begins</param>
internal sealed record GeneratorOrder(GeneratorTask Task, IReadOnlyList<LoadSimulation>? Simulations = null, int FirstBatch = 0, int EndBatch = 0, int UnderWayMax = 0, long StartTicks = 0);

/// <summary>What a generator has come to.</summary>
internal enum GeneratorState
{
    Ready = 0,
    Counts = 1,
    Ended = 2,
    Done = 3,
}

/// <summary>A line of a generator.</summary>
/// <param name="State">what it has come to</param>
/// <param name="ProcessorSeconds">that its process had of a core so far</param>
/// <param name="Counted">since the line before</param>
/// <param name="BySequence">transfers committed by pulse, since the line before</param>
/// <param name="Failure">why it sends no more, as a sentence; null when nothing failed</param>
/// <param name="Retries">attempts that failed and were made again, so far</param>
/// <param name="Changes">with Done: by how much each party's balance changed in this load</param>
/// <param name="Held">with Done: by how much what is held of each changed</param>
/// <param name="Samples">with Done: transfers of which receipts will be asked, packed</param>
internal sealed record GeneratorSaid(
    GeneratorState State,
    double ProcessorSeconds,
    TallyPart? Counted = null,
    Dictionary<ulong, long>? BySequence = null,
    string? Failure = null,
    long Retries = 0,
    IReadOnlyList<long>? Changes = null,
    IReadOnlyList<long>? Held = null,
    byte[]? Samples = null);
