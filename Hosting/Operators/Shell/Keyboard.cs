using System.Threading.Channels;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>The keys of whoever sits at a console. What is typed while a command runs is kept for the next line.</summary>
internal sealed class Keyboard(ChannelReader<ConsoleKeyInfo> keys)
{
    private const int AheadMax = 4_096;

    private readonly Queue<ConsoleKeyInfo> _ahead = new();

    /// <summary>The next key; null when there will be none.</summary>
    public async Task<ConsoleKeyInfo?> ReadAsync(CancellationToken cancel) =>
        _ahead.TryDequeue(out ConsoleKeyInfo early) ? early
        : await keys.WaitToReadAsync(cancel).ConfigureAwait(false) ? await keys.ReadAsync(cancel).ConfigureAwait(false)
        : null;

    /// <summary>Completes when somebody wants what runs to stop: Ctrl-C. Other keys are kept.</summary>
    public async Task WhenStopAsync(CancellationToken done)
    {
        await foreach (ConsoleKeyInfo key in keys.ReadAllAsync(done).ConfigureAwait(false))
        {
            if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
            {
                return;
            }

            if (_ahead.Count < AheadMax)
            {
                _ahead.Enqueue(key);
            }
        }
    }
}
