using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Persistence.PostgreSql.Journals;

/// <summary>One block without its body: a row of <c>leither.blocks</c>.</summary>
/// <param name="Key">Stream, beat and kind.</param>
/// <param name="Epoch">The writer's.</param>
/// <param name="TimeSequence">That it belongs to; 0 when not known at writing.</param>
/// <param name="Length">Of the body, in bytes.</param>
/// <param name="Checksum">CRC-32C of the body.</param>
/// <param name="Upload">Under which the body's pieces are.</param>
/// <param name="Ordinal">Of the body in that upload.</param>
internal readonly record struct BlockRecord(BlockKey Key, uint Epoch, ulong TimeSequence, int Length, uint Checksum, long Upload, int Ordinal);
