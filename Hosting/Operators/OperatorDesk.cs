using System.Text.Json;
using System.Text.Json.Nodes;
using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Persistence.PostgreSql.Databases;
using LeitherCluster.Runtime;

namespace LeitherCluster.Hosting.Operators;

/// <summary>Runs operators' commands on this node: checks what they are given, records those that change something, and turns how they ended into an exit code.</summary>
internal sealed partial class OperatorDesk(OperatorServices services, ILogger log)
{
    /// <summary>What consoles are told.</summary>
    public PaletteList Describe(string @operator) => new(
        services.Member.Cluster,
        services.Member.Self.ToString(),
        ProgramVersion.Text,
        @operator,
        [.. PaletteCatalog.All.Select(palette => palette.Describe(services))]);

    /// <summary>Runs a command.</summary>
    /// <param name="emit">takes what it answers, line by line; the last one is an end</param>
    /// <exception cref="OperationCanceledException">It was left, or the node stops.</exception>
    public async Task RunAsync(
        Requester requester, string palette, string name, IReadOnlyDictionary<string, string> given, Func<OperatorEvent, Task> emit, CancellationToken cancel)
    {
        OperatorEnd end;
        if (PaletteCatalog.Find(palette, name) is not { } command)
        {
            end = new OperatorEnd((int)ExitCode.NotFound, $"This node has no command '{palette} {name}'.");
        }
        else if (command.ProblemOf(given) is { } problem)
        {
            end = new OperatorEnd((int)ExitCode.BadInput, $"{palette} {name}: {problem}. For example: {command.Example}");
        }
        else
        {
            var call = new OperatorCall(palette, command, given, requester.Name, services);
            end = command.Changes
                ? await RecordAsync(requester, $"{palette} {name}", given, () => CarryOutAsync(command, call, emit, cancel)).ConfigureAwait(false)
                : await CarryOutAsync(command, call, emit, cancel).ConfigureAwait(false);
        }

        await emit(new OperatorEvent(End: end)).ConfigureAwait(false);
    }

    private async Task<OperatorEnd> CarryOutAsync(OperatorCommand command, OperatorCall call, Func<OperatorEvent, Task> emit, CancellationToken cancel)
    {
        try
        {
            if (command.Document is { } answer)
            {
                OperatorDocument document = await answer(call, cancel).ConfigureAwait(false);
                await emit(new OperatorEvent(document)).ConfigureAwait(false);
                return new OperatorEnd(document.ExitCode, null);
            }

            await foreach (OperatorLine line in command.Lines!(call, cancel).ConfigureAwait(false))
            {
                await emit(new OperatorEvent(Line: line)).ConfigureAwait(false);
            }

            return new OperatorEnd((int)ExitCode.Ok, null);
        }
        catch (CommandFailedException failure)
        {
            return new OperatorEnd((int)failure.ExitCode, failure.Message);
        }
        catch (Exception busy) when (busy is LedgerUnavailableException or AskFailedException or TimeoutException)
        {
            return new OperatorEnd((int)ExitCode.Busy, busy.Message);
        }
        catch (DatabaseUnavailableException away)
        {
            return new OperatorEnd((int)ExitCode.Unreachable, away.Message);
        }
#pragma warning disable CA1031 // The one place where a bug in a handler becomes an exit code.
        catch (Exception bug) when (bug is not OperationCanceledException and not IOException)
#pragma warning restore CA1031
        {
            HandlerFailed(bug, call.Operator);
            return new OperatorEnd((int)ExitCode.Bug, $"A bug in this node: {bug.GetType().Name}. Its log says more.");
        }
    }

    // Nothing is changed that could not be recorded; and what was done stays done when its end cannot.
    private async Task<OperatorEnd> RecordAsync(Requester requester, string command, IReadOnlyDictionary<string, string> given, Func<Task<OperatorEnd>> work)
    {
        var arguments = new JsonObject(given.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value)));
        long number;
        try
        {
            number = await services.Operations.BeginAsync(
                requester.Name, requester.Serial, services.Member.Self.ToString(), command, JsonSerializer.Serialize(arguments, OperatorJson.Default.JsonObject)).ConfigureAwait(false);
        }
        catch (DatabaseUnavailableException away)
        {
            return new OperatorEnd((int)ExitCode.Unreachable, $"Nothing was changed, because that could not be recorded: {away.Message}");
        }

        ChangeBegins(number, requester.Name, command);
        OperatorEnd end = await work().ConfigureAwait(false);
        try
        {
            string outcome = end.Text ?? "done";
            await services.Operations.EndAsync(number, end.ExitCode, outcome[..Math.Min(outcome.Length, OperatorLimits.OutcomeLengthMax)]).ConfigureAwait(false);
            return end;
        }
        catch (DatabaseUnavailableException away)
        {
            return end with { Text = $"{end.Text ?? "Done"}; its end could not be recorded: {away.Message}" };
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A command of {Operator} failed")]
    private partial void HandlerFailed(Exception exception, string @operator);

    [LoggerMessage(Level = LogLevel.Information, Message = "Operation {Number}, by {Operator}: {Command}")]
    private partial void ChangeBegins(long number, string @operator, string command);
}
