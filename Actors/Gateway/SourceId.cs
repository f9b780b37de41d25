namespace LeitherCluster.Actors.Gateway;

/// <summary>
/// Who handed a batch over, as its front door tells callers apart: by an address, say, or a certificate; never by what the transfers say, since a signature that
/// does not hold says nothing about the key that it names. Sixteen bytes of the door's own making.
/// </summary>
public readonly record struct SourceId(ulong High, ulong Low)
{
    /// <summary>This process itself, which is not limited.</summary>
    public static SourceId None => default;
}
