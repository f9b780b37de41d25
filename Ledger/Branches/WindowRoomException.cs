namespace LeitherCluster.Ledger.Branches;

/// <summary>Deadlines fell due at a beat, and there was no buffer for the block that says so. Nothing changed; the beat may be sealed again.</summary>
public sealed class WindowRoomException() : Exception("There is no room for the block of a beat at which holds fall due.");
