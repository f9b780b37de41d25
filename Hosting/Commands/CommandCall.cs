using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace LeitherCluster.Hosting.Commands;

/// <summary>One run of a command: its parsed arguments, the console, and the form in which the result is wanted.</summary>
internal sealed class CommandCall(ParseResult arguments, CommandConsole console, OutputFormat format)
{
    public CommandConsole Console { get; } = console;

    public OutputFormat Format { get; } = format;

    /// <summary>Whether a live view may redraw the screen.</summary>
    public bool IsLive => Format == OutputFormat.Text && Console.IsTerminal;

    public T? Value<T>(Option<T> option) => arguments.GetValue(option);

    public T? Value<T>(Argument<T> argument) => arguments.GetValue(argument);

    public T Required<T>(Option<T> option) => arguments.GetRequiredValue(option);

    public T Required<T>(Argument<T> argument) => arguments.GetRequiredValue(argument);

    /// <summary>Whether the option stands on the command line (a default does not count).</summary>
    public bool IsGiven(Option option) => arguments.GetResult(option) is { Implicit: false };

    /// <summary>Writes a result: as one JSON value, or as the lines that <paramref name="text"/> writes.</summary>
    public void Write<T>(T result, JsonTypeInfo<T> json, Action<TextWriter, T> text)
    {
        if (Format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, json));
        }
        else
        {
            text(Console.Out, result);
        }

        Console.Out.Flush();
    }

    /// <summary>A remark for the person at the terminal; never part of the result.</summary>
    public void Note(string line) => Console.Error.WriteLine(line);
}
