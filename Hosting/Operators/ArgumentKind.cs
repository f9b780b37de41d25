namespace LeitherCluster.Hosting.Operators;

/// <summary>What an argument's text must be.</summary>
internal enum ArgumentKind
{
    Text,

    /// <summary>A whole number, not below zero.</summary>
    Number,

    /// <summary>There or not.</summary>
    Flag,
}
