namespace LeitherCluster.Hosting.Operators.Shell;

/// <summary>A line of a console that names a command: what it is given, and how its answer is to be shown.</summary>
/// <param name="WatchS">seconds after which it is asked again, until it is left; null: once</param>
/// <param name="CountMax">lines of a command that streams after which it is left; null: it is followed until somebody leaves it</param>
/// <param name="IsJson">whether the answer is shown as JSON; null: as the console does</param>
internal sealed record ParsedLine(string Palette, string Command, IReadOnlyDictionary<string, string> Arguments, int? WatchS, int? CountMax, bool? IsJson);
