using LeitherCluster.Actors.Gateway;

namespace LeitherCluster.Tests.Simulation.Clients;

/// <summary>A batch on its way, and what is in it.</summary>
internal sealed record Batch(TransferBatch Sent, SentTransfer[] Transfers, long SentAtTicks);
