using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Runtime.Membership;

namespace LeitherCluster.Hosting.Operators;

/// <summary>What a node answered about itself; or why it did not.</summary>
internal sealed record NodeAnswer(NodeId Node, OperatorDocument? Document, string Problem);
