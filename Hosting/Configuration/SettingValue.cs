namespace LeitherCluster.Hosting.Configuration;

/// <summary>A setting as it was given, and where: a flag, an environment variable, or the configuration file.</summary>
public sealed record SettingValue(string Text, string Source);
