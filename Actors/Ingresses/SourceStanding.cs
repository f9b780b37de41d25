namespace LeitherCluster.Actors.Ingresses;

/// <summary>How an ingress treats what a source sends.</summary>
internal enum SourceStanding
{
    /// <summary>Its signatures are verified together with others'.</summary>
    Good = 0,

    /// <summary>Some did not hold lately: its signatures are verified by themselves, so that they spoil nobody else's equation.</summary>
    Suspect = 1,

    /// <summary>Too many did not hold: its transfers are answered busy, and none of its signatures is verified, until its bucket fills again.</summary>
    Exhausted = 2,
}
