namespace LeitherCluster.LoadTests.Benchmarks.Trees;

/// <summary>Bytes an account.</summary>
/// <param name="Resident">What the process grew by in memory when the accounts were loaded and hashed.</param>
/// <param name="Native">What the trees say they hold.</param>
/// <param name="NativeGrown">The same of branches whose accounts were opened one by one.</param>
/// <param name="OpensPerSecond">How fast those were opened and hashed.</param>
internal sealed record MemoryFigures(double Resident, double Native, double NativeGrown, double OpensPerSecond);
