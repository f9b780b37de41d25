namespace LeitherCluster.Hosting.Commands;

/// <summary>How a command writes its result: for people, or for programs.</summary>
public enum OutputFormat
{
    Text,
    Json,
}
