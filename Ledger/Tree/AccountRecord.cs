using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The 64 bytes of an account, exactly as they are hashed (docs/PROTOCOL.md, section 2). A record lives in the native memory
/// of its <see cref="BranchTree"/> and is changed there in place. <see cref="Frozen"/> never exceeds <see cref="Balance"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct AccountRecord
{
    /// <summary>Bytes of a record: one cache line.</summary>
    public const int SizeBytes = 64;

    [FieldOffset(0)]
    public AccountId Id;

    [FieldOffset(20)]
    public RecordFlags Flags;

    [FieldOffset(24)]
    public Amount Balance;

    /// <summary>The part of the balance that holds keep from being spent.</summary>
    [FieldOffset(32)]
    public Amount Frozen;

    /// <summary>The highest nonce used; 0 if none.</summary>
    [FieldOffset(40)]
    public ulong NonceHighest;

    /// <summary>Bit i is set when nonce (highest - i) is used.</summary>
    [FieldOffset(48)]
    public ulong NonceBitmap;

    /// <summary>Keeps the record from being guessed from its hash.</summary>
    [FieldOffset(56)]
    public ulong Salt;

    public readonly bool HasDataRoot => (Flags & RecordFlags.HasDataRoot) != RecordFlags.None;
}
