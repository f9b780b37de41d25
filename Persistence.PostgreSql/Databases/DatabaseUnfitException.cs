namespace LeitherCluster.Persistence.PostgreSql.Databases;

/// <summary>The database is there, but not as a journal needs it. The message says what to do.</summary>
public sealed class DatabaseUnfitException(string message, Exception? inner = null) : Exception(message, inner);
