using System.CommandLine;
using LeitherCluster.Hosting.Commands.Accounts;
using LeitherCluster.Hosting.Commands.Clusters;
using LeitherCluster.Hosting.Commands.Databases;
using LeitherCluster.Hosting.Commands.Imports;
using LeitherCluster.Hosting.Commands.Journals;
using LeitherCluster.Hosting.Commands.Keys;
using LeitherCluster.Hosting.Commands.Nodes;
using LeitherCluster.Hosting.Commands.Operators;
using LeitherCluster.Hosting.Commands.Organizations;
using LeitherCluster.Hosting.Commands.Payments;
using LeitherCluster.Hosting.Commands.Proofs;
using LeitherCluster.Hosting.Commands.Pulses;
using LeitherCluster.Hosting.Commands.Receipts;

namespace LeitherCluster.Hosting.Commands;

/// <summary>The commands of the program, in the order of its help.</summary>
internal static class CommandCatalog
{
    public static IEnumerable<Command> All() => OperatorGroups.With(
    [
        new DevCommand(),
        new NodeCommand(),
        new DevnetCommand(),
        new CommandGroup("key", "Keys and key files.", new KeyNewCommand(), new KeyShowCommand(), new KeyEncryptCommand()),
        new CommandGroup("org", "Organizations and their ledgers.", new OrgCreateCommand(), new OrgShowCommand(), new OrgGrantCommand()),
        new CommandGroup("account", "Accounts.", new AccountShowCommand(), new AccountAcceptCommand()),
        new PayCommand(),
        new ImportCommand(),
        new CommandGroup("receipt", "Receipts of transfers.", new ReceiptGetCommand(), new ReceiptShowCommand(), new ReceiptVerifyCommand()),
        new CommandGroup("proof", "Proofs of accounts.", new ProofGetCommand(), new ProofVerifyCommand()),
        new CommandGroup("pulse", "Pulses.", new PulseShowCommand(), new PulseWatchCommand()),
        new CommandGroup("journal", "A ledger's journal, looked at while no node runs on it.", new JournalVerifyCommand(), new JournalDumpCommand(), new JournalCopyCommand()),
        new CommandGroup("db", "The PostgreSQL database of a journal.", new DbInitCommand(), new DbMigrateCommand(), new DbStatusCommand()),
        new CommandGroup("ca", "The certificate authority of a cluster.", new CaInitCommand(), new CaIssueCommand(), new CaShowCommand()),
        new ConsoleCommand(),
        new StatusCommand(),
        new TopCommand(),
    ]);
}
