using System.Runtime.InteropServices;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Tree;

/// <summary>
/// The 64 bytes of an account, exactly as they are hashed (docs/PROTOCOL.md, section 2). A record lives in the native memory
/// of its <see cref="BranchTree"/> and is changed there in place. <see cref="Frozen"/> never exceeds <see cref="Balance"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct AccountRecord : IEquatable<AccountRecord>
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

    public static bool operator ==(in AccountRecord left, in AccountRecord right) => left.Equals(right);

    public static bool operator !=(in AccountRecord left, in AccountRecord right) => !left.Equals(right);

    /// <summary>Whether all 64 bytes are the same.</summary>
    public readonly bool Equals(AccountRecord other) => MemoryMarshal.AsBytes(new ReadOnlySpan<AccountRecord>(in this))
        .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<AccountRecord>(in other)));

    public override readonly bool Equals(object? obj) => obj is AccountRecord other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Id, Balance, NonceHighest);
}
