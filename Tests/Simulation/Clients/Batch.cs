using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <summary>A batch on its way, what is in it, and through which door it went.</summary>
internal sealed record Batch(TransferBatch Sent, SentTransfer[] Transfers, long SentAtTicks, LedgerGateway Door);
