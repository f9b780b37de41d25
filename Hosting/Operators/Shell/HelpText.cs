using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>Help about what the node offers: all palettes, one, or one command.</summary>
internal static class HelpText
{
    /// <summary>Writes it.</summary>
    /// <param name="about">nothing, a palette, or a palette and a command</param>
    public static void Write(TextWriter output, PaletteList palettes, IReadOnlyList<string> about)
    {
        PaletteText? palette = about.Count == 0 ? null : palettes.Palettes.FirstOrDefault(each => each.Name == about[0]);
        CommandText? command = about.Count < 2 ? null : palette?.Commands.FirstOrDefault(each => each.Name == about[1]);
        if (palette is not null && command is not null)
        {
            WriteCommand(output, palette, command);
        }
        else if (palette is not null)
        {
            WriteNames(output, palette.Commands.Select(each => (Usage(palette, each), each.Summary)));
        }
        else
        {
            WriteNames(output, palettes.Palettes.Select(each => (each.Name, each.Summary)).Append(("help", "This; 'help PALETTE' and 'help PALETTE COMMAND' say more.")).Append(("exit", "Leave; so does Ctrl-D.")));
        }
    }

    private static void WriteCommand(TextWriter output, PaletteText palette, CommandText command)
    {
        output.WriteLine(Usage(palette, command));
        output.WriteLine($"  {command.Summary}");
        if (command.Changes)
        {
            output.WriteLine("  Changes something: recorded with your name.");
        }

        output.WriteLine();
        WriteNames(output, command.Arguments
            .Select(argument => (argument.Required ? argument.Name : argument.Kind == "flag" ? $"--{argument.Name}" : $"--{argument.Name} {argument.Kind}", SummaryOf(argument)))
            .Append(command.Streams ? ("--count number", "leave after so many lines") : ("--watch [seconds]", "ask again and again, until Ctrl-C"))
            .Append(("-o json", "as JSON")));
        output.WriteLine();
        output.WriteLine($"  For example: {command.Example}");
    }

    private static string SummaryOf(ArgumentText argument) => argument.Default is { } otherwise ? $"{argument.Summary}; {otherwise} when left out" : argument.Summary;

    private static string Usage(PaletteText palette, CommandText command) =>
        string.Join(' ', new[] { palette.Name, command.Name }.Concat(command.Arguments.Where(argument => argument.Required).Select(argument => argument.Name.ToUpperInvariant())));

    private static void WriteNames(TextWriter output, IEnumerable<(string Name, string Summary)> names)
    {
        (string Name, string Summary)[] all = [.. names];
        int widest = all.Max(each => each.Name.Length);
        foreach ((string name, string summary) in all)
        {
            output.WriteLine($"  {name.PadRight(widest)}  {summary}");
        }
    }
}
