namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>The database cannot be reached, or does not answer in time. What was asked may be asked again.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
