namespace LeitherCluster.Hosting.Commands.Keys;

/// <summary>What a key command tells of a key: never the key itself.</summary>
internal sealed record KeyResult(string Account, string PublicKey, string File, bool Encrypted)
{
    public static void WriteText(TextWriter output, KeyResult key)
    {
        output.WriteLine($"account     {key.Account}");
        output.WriteLine($"public key  {key.PublicKey}");
        output.WriteLine($"file        {key.File} ({(key.Encrypted ? "encrypted" : "plain")})");
    }
}
