using LeitherCluster.Hosting.Operators.Logs;
using Microsoft.Extensions.Logging.Console;

namespace LeitherCluster.Hosting.Nodes;

/// <summary>Logs go to the error stream, one line each, so that results on the output stream stay clean; and, whatever their level there, to who looks from elsewhere.</summary>
internal static class NodeLogging
{
    public static void Configure(ILoggingBuilder logging, LogLevel level, LogRing? ring = null)
    {
        logging
            .SetMinimumLevel(level)
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            })
            .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (ring is not null)
        {
            // Rules of its own, which go before those for all: what the framework says of itself is left out.
            logging.AddProvider(ring).AddFilter<LogRing>(null, LogLevel.Information).AddFilter<LogRing>("Microsoft", LogLevel.Error);
        }
    }
}
