using LeitherCluster.Ledger.Keys;

namespace LeitherCluster.Ledger.Statements;

public sealed record SignedStatement(RootStatement Statement, Signature Signature)
{
    public int SizeBytes => RootStatement.SizeBytes + Signature.AsSpan().Length;

    public static SignedStatement Sign(RootStatement statement, Committee committee, PrivateKey key)
    {
        Span<byte> bytes = stackalloc byte[RootStatement.SizeBytes];
        statement.CopyTo(bytes);
        return new SignedStatement(statement, key.Sign(bytes));
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SignedStatement? statement)
    {
        RootStatement.TryRead(bytes[..RootStatement.SizeBytes], out RootStatement root);
        statement = new SignedStatement(root, new Signature(bytes.Slice(RootStatement.SizeBytes, 64)));
        return true;
    }

    public void CopyTo(Span<byte> destination)
    {
        Statement.CopyTo(destination);
        Signature.CopyTo(destination[RootStatement.SizeBytes..]);
    }
}
