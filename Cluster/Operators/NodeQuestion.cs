using LeitherCluster.Runtime;

namespace LeitherCluster.Cluster.Operators;

/// <summary>
/// An operator's question about one node, from the node that was asked by a console. Only commands that show something about one node are answered.
/// </summary>
/// <param name="Palette">of the command</param>
/// <param name="Command">its name</param>
/// <param name="Arguments">JSON: an object of texts</param>
/// <param name="Operator">who asks, by the certificate that the other node has seen</param>
public sealed record NodeQuestion(string Palette, string Command, string Arguments, string Operator) : IWireMessage;
