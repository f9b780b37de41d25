namespace LeitherCluster.Tests.Cluster.Support;

/// <summary>The exit codes of the program, which its help documents and which never change.</summary>
internal static class ExitCodes
{
    public const int BadInput = 2;
    public const int Corrupt = 4;
    public const int Busy = 5;
}
