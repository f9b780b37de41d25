namespace LeitherCluster.Hosting.Journals.Copies;

/// <summary>What was copied, and the fingerprint that source and copy share.</summary>
internal sealed record CopyResult(string From, string To, Guid Journal, long Groups, long Blocks, long Bytes, int Snapshots, string Fingerprint)
{
    public static CopyResult Of(string from, string to, Guid journal, JournalFingerprint copied) =>
        new(from, to, journal, copied.Groups, copied.Blocks, copied.Bytes, copied.Snapshots, copied.ToString());
}
