namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>What a key means for the line that is typed.</summary>
internal enum EditResult
{
    /// <summary>It goes on.</summary>
    Editing,

    /// <summary>It is to be run.</summary>
    Entered,

    /// <summary>The word before the cursor is to be completed.</summary>
    Complete,

    /// <summary>It is given up.</summary>
    Dropped,

    /// <summary>The console is to be left.</summary>
    Left,
}
