using System.CommandLine;
using System.Text.Json;
using LeitherCluster.Persistence.PostgreSql.Databases;

namespace LeitherCluster.Hosting.Commands.Databases;

/// <summary>The options that name a journal's database, and what its refusals mean to whoever typed a command.</summary>
internal sealed class DatabaseOption
{
    private const string EnvironmentName = "LEITHER_DATABASE";
    private const string SettingName = "database";

    private readonly Option<string?> _address = Repeatable(
        $"The database's address, postgres://user@host/name; once more for each further database of the journal. Else {EnvironmentName}, else '{SettingName}' in the configuration file. Its password is better in PGPASSWORD or PGPASSFILE.");

    private readonly Option<string?> _config = new("--config") { Description = "A configuration file, in JSON.", HelpName = "FILE" };

    public DatabaseOption(Command command)
    {
        command.Add(_address);
        command.Add(_config);
    }

    /// <summary>An option <c>--database</c> that may be given several times, once for each database of a journal; its value has blanks between them.</summary>
    public static Option<string?> Repeatable(string? description) => new("--database")
    {
        Description = description,
        HelpName = "URL",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = static result => string.Join(' ', result.Tokens.Select(static token => token.Value)),
    };

    /// <summary>The databases that are meant.</summary>
    /// <exception cref="CommandFailedException">There are none, or they are none.</exception>
    public JournalDatabases DatabasesOf(CommandCall call) => Parse(
        call.Value(_address) ?? call.Console.Environment(EnvironmentName) ?? FromFile(call.Value(_config))
        ?? throw new CommandFailedException(ExitCode.BadInput, $"Say which database: --database postgres://host/name, or {EnvironmentName}."));

    /// <summary>The databases of a journal.</summary>
    /// <param name="text">one address, or several with blanks between them</param>
    /// <exception cref="CommandFailedException">They are none.</exception>
    public static JournalDatabases Parse(string text)
    {
        try
        {
            return JournalDatabases.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"The database's address is wrong: {exception.Message}.");
        }
    }

    /// <summary>Runs work on a database; its refusals become this program's.</summary>
    public static T Reaching<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DatabaseUnavailableException exception)
        {
            throw new CommandFailedException(ExitCode.Unreachable, exception.Message);
        }
        catch (DatabaseUnfitException exception)
        {
            throw new CommandFailedException(ExitCode.Refused, exception.Message);
        }
    }

    private static string? FromFile(string? file)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(file),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(SettingName, out JsonElement value)
                ? Configuration.NodeSetting.TextOf(value)
                : null;
        }
        catch (JsonException exception)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{file}, line {exception.LineNumber + 1}: not JSON.");
        }
    }
}
