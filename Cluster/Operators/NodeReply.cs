using LeitherCluster.Runtime;

namespace LeitherCluster.Cluster.Operators;

/// <summary>What a node answers to a <see cref="NodeQuestion"/>.</summary>
/// <param name="ExitCode">of the program's; 0 when it was answered</param>
/// <param name="Text">why it was not answered; else empty</param>
/// <param name="Document">JSON, as consoles get it; empty when it was not answered</param>
public sealed record NodeReply(int ExitCode, string Text, string Document) : IWireMessage
{
    /// <summary>The most bytes of a document in UTF-8, so that it goes as one message of the control lane.</summary>
    public const int DocumentBytesMax = 768 << 10;
}
