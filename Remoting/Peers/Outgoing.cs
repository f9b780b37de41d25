using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>A message written down in a frame whose header is filled in when it is sent. Without an array: a sign of life.</summary>
internal readonly record struct Outgoing(byte[]? Array, int Bytes, uint Type, RemoteRef? Target, IActorRef? Sender, ulong Question);
