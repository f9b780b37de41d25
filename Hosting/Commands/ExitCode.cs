namespace LeitherCluster.Hosting.Commands;

/// <summary>What a command's process ends with. The numbers are part of the command line's contract and never change.</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Ok = 0,

    /// <summary>The ledger, or the node for it, refused: the message names the outcome and its number.</summary>
    Refused = 1,

    /// <summary>The command line, a file or the configuration is wrong; nothing was done.</summary>
    BadInput = 2,

    /// <summary>No node answers at the address.</summary>
    Unreachable = 3,

    /// <summary>A proof, receipt or journal does not verify, a ledger failed for good, or balances do not reconcile.</summary>
    Corrupt = 4,

    /// <summary>The node is busy or starting, or the answer did not come in time: the same command may be run again.</summary>
    Busy = 5,

    /// <summary>There is nothing by that name, or its pulse is no longer retained.</summary>
    NotFound = 6,

    /// <summary>
    /// This node was overtaken: the others gave it up, took over what it owned, or it was started a second time. Nothing is wrong with the ledger; start it
    /// again, as its supervisor does.
    /// </summary>
    Overtaken = 7,

    /// <summary>A bug in this program.</summary>
    Bug = 70,

    /// <summary>Stopped by Ctrl-C before it was done.</summary>
    Interrupted = 130,
}
