using System.CommandLine;
using System.IO.Pipelines;
using System.Net;
using LeitherCluster.Ledger.Branches;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LeitherCluster.LoadTests.Benchmarks.Http;

/// <summary>
/// The limit of anything that is posted to: Kestrel in a process of its own, which reads a body, forgets it, and answers as many bytes as the
/// ledger would. The process is this program with a hidden command.
/// </summary>
internal static class KestrelSink
{
    private const string CommandName = "http-sink";

    private const int RequestBytesMax = 64 << 20;

    public static Command CreateCommand()
    {
        var frames = new Argument<int>("frames");
        var command = new Command(CommandName) { frames };
        command.Hidden = true;
        command.SetAction((arguments, cancel) => ServeAsync(arguments.GetValue(frames), cancel));
        return command;
    }

    /// <summary>Starts it in a process of its own.</summary>
    /// <param name="framesPerRequest">frames that each request has, and answers it gets</param>
    public static ServerProcess Run(int framesPerRequest) => ServerProcess.When(
        LeitherProgram.StartAssembly(typeof(KestrelSink).Assembly.Location, [CommandName, framesPerRequest.ToString(System.Globalization.CultureInfo.InvariantCulture)]));

    private static async Task<int> ServeAsync(int framesPerRequest, CancellationToken cancel)
    {
        byte[] answer = new byte[framesPerRequest * TransferAnswer.SizeBytes];
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = RequestBytesMax;
        });
        await using WebApplication app = builder.Build();
        app.MapPost("/v1/transfers/batch", (RequestDelegate)(context => AnswerAsync(context, answer)));
        await app.StartAsync(cancel);
        await Console.Error.WriteLineAsync($"Listens at {app.Urls.First()}");
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException)
        {
            // An interrupt is how it is meant to end.
        }

        return 0;
    }

    private static async Task AnswerAsync(HttpContext context, byte[] answer)
    {
        PipeReader body = context.Request.BodyReader;
        ReadResult result;
        do
        {
            result = await body.ReadAsync(context.RequestAborted);
            body.AdvanceTo(result.Buffer.End);
        }
        while (!result.IsCompleted);

        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }
}
