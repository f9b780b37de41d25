using System.Threading.Channels;

namespace LeitherCluster.Hosting.Commands;

/// <summary>Everything a command may touch outside its own arguments: streams, environment, clock, and the person at the keyboard.</summary>
public sealed record CommandConsole
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>The lines that come in.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Whether <see cref="Out"/> is a terminal, so that a table may be redrawn in place.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>The keys that are pressed, as they come, Ctrl-C among them. Null when nobody sits there (no terminal).</summary>
    public Func<ChannelReader<ConsoleKeyInfo>>? Keys { get; init; }

    /// <summary>How many columns <see cref="Out"/> has.</summary>
    public Func<int> Width { get; init; } = () => 80;

    /// <summary>Whether what is shown may have colours.</summary>
    public bool IsColoured => IsTerminal && string.IsNullOrEmpty(Environment("NO_COLOR"));

    /// <summary>Looks up an environment variable; null when it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Asks for a secret without showing it. Null when nobody can be asked (no terminal).</summary>
    public required Func<string, string?> AskSecret { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>The console of this process.</summary>
    public static CommandConsole OfProcess() => new()
    {
        Out = Console.Out,
        Error = new LastingWriter(Console.Error),
        In = Console.In,
        IsTerminal = !Console.IsOutputRedirected,
        Environment = System.Environment.GetEnvironmentVariable,
        AskSecret = AskSecretAtTerminal,
        Keys = Console.IsInputRedirected || Console.IsOutputRedirected ? null : ReadKeys,
        Width = () => Math.Max(20, Console.WindowWidth),
        Clock = TimeProvider.System,
    };

    private static ChannelReader<ConsoleKeyInfo> ReadKeys()
    {
        const int AheadMax = 1_024;
        var keys = Channel.CreateBounded<ConsoleKeyInfo>(new BoundedChannelOptions(AheadMax) { FullMode = BoundedChannelFullMode.DropWrite });
        Console.TreatControlCAsInput = true;
        var reading = new Thread(() =>
        {
            try
            {
                while (true)
                {
                    keys.Writer.TryWrite(Console.ReadKey(intercept: true));
                }
            }
            catch (Exception closed) when (closed is InvalidOperationException or IOException)
            {
                keys.Writer.TryComplete();
            }
        })
        {
            IsBackground = true,
            Name = "keys",
        };
        reading.Start();
        return keys.Reader;
    }

    private static string? AskSecretAtTerminal(string question)
    {
        if (Console.IsInputRedirected)
        {
            return null;
        }

        Console.Error.Write(question + ": ");
        var secret = new System.Text.StringBuilder();
        for (ConsoleKeyInfo key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                secret.Length = Math.Max(0, secret.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return secret.ToString();
    }
}
