namespace LeitherCluster.Runtime;

/// <summary>A message that may go to another node: data only.</summary>
public interface IWireMessage;

/// <summary>A message that may be large: it goes by the bulk lane, so that no heartbeat and no step of a pulse waits behind it.</summary>
public interface IBulkMessage : IWireMessage;
