using System.CommandLine;

namespace LeitherCluster.Hosting.Commands;

/// <summary>The option that names a ledger's folder.</summary>
internal static class DataOption
{
    /// <summary>Where a ledger is kept when nothing is said.</summary>
    public const string DefaultFolder = "./data";

    public static Option<string> Create(out Option<string> option) => option = new Option<string>("--data")
    {
        Description = "Folder of the ledger; LEITHER_DATA, or else " + DefaultFolder + ".",
        HelpName = "DIR",
    };

    /// <summary>The folder that is meant.</summary>
    public static string FolderOf(CommandCall call, Option<string> option) =>
        call.Value(option) ?? call.Console.Environment("LEITHER_DATA") ?? DefaultFolder;
}
