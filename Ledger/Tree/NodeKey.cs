using System.Runtime.InteropServices;

namespace LeitherCluster.Ledger.Tree;

/// <summary>The 32-byte key of an inner node: tag(8) | bit index(8) | left sum(8) | right sum(8).</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal readonly record struct NodeKey(ulong Tag, ulong BitIndex, ulong LeftSum, ulong RightSum);
