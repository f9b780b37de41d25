using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace LeitherCluster.Hosting.Commands;

/// <summary>The usual help, followed by examples, and for the program itself by its exit codes.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string ExitCodes =
        """
        Exit codes:
          0    done
          1    refused by the ledger or the node; the message names the outcome and its number
          2    wrong command line, file or configuration; nothing was done
          3    no node answers at the address
          4    a proof, receipt or journal does not verify, a ledger failed, or balances do not reconcile
          5    busy, starting, or no answer in time: run it again
          6    nothing by that name, or its pulse is no longer retained
          7    this node was overtaken: the others gave it up, or it was started a second time
          70   a bug in this program (set LEITHER_TRACE=1 to see where)
          130  stopped by Ctrl-C before it was done

        """;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        switch (parseResult.CommandResult.Command)
        {
            case LeitherCommand command:
                output.WriteLine("Examples:");
                foreach (string example in command.Examples)
                {
                    output.WriteLine("  " + example);
                }

                output.WriteLine();
                break;
            case RootCommand:
                output.WriteLine(ExitCodes);
                break;
        }

        return result;
    }
}
