using System.CommandLine;
using LeitherCluster.LoadTests.FrontDoor;

namespace LeitherCluster.LoadTests;

/// <summary><c>generate</c>: a generator process, which <c>run --generators N</c> starts and speaks to. Not for people.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var command = new Command("generate", "A generator process; run --generators starts it.") { Hidden = true };
        command.SetAction(async (_, _) =>
        {
            await GeneratorWorker.RunAsync(Console.In, Console.Out);
            return 0;
        });
        return command;
    }
}
