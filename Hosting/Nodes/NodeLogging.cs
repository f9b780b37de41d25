using Microsoft.Extensions.Logging.Console;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>Logs go to the error stream, one line each, so that results on the output stream stay clean.</summary>
internal static class NodeLogging
{
    public static void Configure(ILoggingBuilder logging, LogLevel level) => logging
        .SetMinimumLevel(level)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        })
        .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
}
