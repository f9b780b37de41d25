using System.Diagnostics;
using System.Text.Json;
using LeitherCluster.LoadTests.Benchmarks.Http;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>One generator process as its coordinator sees it. What it says is handed on by a thread of the pool, line by line.</summary>
internal sealed class GeneratorProcess : IDisposable
{
    private const string Command = "generate";

    private static readonly TimeSpan s_endPatience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private readonly Action<GeneratorProcess, GeneratorSaid> _hear;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isEnding;

    /// <param name="work">what it must know</param>
    /// <param name="hear">is handed what it says</param>
    public GeneratorProcess(GeneratorWork work, Action<GeneratorProcess, GeneratorSaid> hear)
    {
        _hear = hear;
        Name = FormattableString.Invariant($"generator {work.Index + 1} of {work.Count}");
        _process = LeitherProgram.StartAssembly(typeof(GeneratorProcess).Assembly.Location, [Command], isApart: true, withInput: true);
        _reading = Task.Run(ReadAsync);
        _ = ShowAsync(_process.StandardError);
        Write(GeneratorProtocol.Write(work));
    }

    /// <summary>For people: which one.</summary>
    public string Name { get; }

    /// <summary>Done when it is ready; failed when it ended instead.</summary>
    public Task Ready => _ready.Task;

    /// <summary>What it said last, of whichever state; the last of its load is <see cref="GeneratorState.Done"/>.</summary>
    public GeneratorState State { get; private set; }

    /// <summary>What its process had of a core, as it said last.</summary>
    public double ProcessorSeconds { get; private set; }

    /// <summary>Attempts that failed and were made again.</summary>
    public long Retries { get; private set; }

    /// <summary>Why it ended, when nobody had asked it to; null while it lives.</summary>
    public string? Death { get; private set; }

    /// <summary>What failed in it, as it said; null when nothing did.</summary>
    public string? Failure { get; private set; }

    /// <summary>Gives it an order; one that has ended gets none.</summary>
    public void Order(GeneratorOrder order)
    {
        if (order.Task == GeneratorTask.Load)
        {
            State = GeneratorState.Ready;
        }

        Write(GeneratorProtocol.Write(order));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            try
            {
                _process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        if (!_process.WaitForExit(s_endPatience))
        {
            _process.Kill();
        }

        _reading.Wait();
        _process.Dispose();
    }

    private static async Task ShowAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            await Console.Error.WriteLineAsync(line).ConfigureAwait(false);
        }
    }

    private void Write(string line)
    {
        lock (_gate)
        {
            try
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }
            catch (IOException)
            {
                // It has ended; whoever reads what it says learns that.
            }
        }
    }

    private async Task ReadAsync()
    {
        string? problem = null;
        try
        {
            while (await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                Hear(GeneratorProtocol.Read<GeneratorSaid>(line));
            }
        }
        catch (JsonException failure)
        {
            problem = $"said something that makes no sense: {failure.Message}";
        }

        lock (_gate)
        {
            if (!_isEnding)
            {
                _process.WaitForExit();
                Death = $"{Name} {problem ?? FormattableString.Invariant($"ended with exit code {_process.ExitCode}")}";
            }
        }

        _ready.TrySetException(new Scenarios.ScenarioException($"{Death ?? Name + " ended"} before it was ready."));
    }

    private void Hear(GeneratorSaid said)
    {
        ProcessorSeconds = said.ProcessorSeconds;
        Retries = said.Retries;
        Failure = said.Failure;
        _hear(this, said);
        if (said.State != GeneratorState.Counts)
        {
            State = said.State;
        }

        if (said.State == GeneratorState.Ready)
        {
            _ready.TrySetResult();
        }
    }
}
