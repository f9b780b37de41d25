using LeitherCluster.Actors.Gateway;
using LeitherCluster.Client.Contracts;
using LeitherCluster.Hosting.Api.Endpoints;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LeitherCluster.Hosting.Api;

/// <summary>The HTTP API of a node: Kestrel, the endpoints under <c>/v1</c>, health, metrics, and the OpenAPI document.</summary>
public sealed class LedgerApi : IAsyncDisposable
{
    /// <summary>Connections at once; a further one is closed. Each client that is under way has one.</summary>
    private const int ConnectionCountMax = 8_192;

    /// <summary>How long a request's head may take, so that half of one holds no connection.</summary>
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long requests that are under way may take to end when the node stops.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The framework's host logs a failed start, which is reported to the caller and said once, there.</summary>
    internal const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    private readonly WebApplication _app;
    private readonly ApiServices _services;

    private LedgerApi(WebApplication app, ApiServices services)
    {
        _app = app;
        _services = services;
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    public Uri Url => new(_app.Urls.First());

    public ApiServices Services => _services;

    /// <summary>Starts listening.</summary>
    /// <exception cref="CommandFailedException">The address is none, or cannot be listened on.</exception>
    public static async Task<LedgerApi> StartAsync(ApiServices services, Action<ILoggingBuilder> logging, CancellationToken cancel)
    {
        (ListenAddress? address, string problem) = ListenAddress.Parse(services.Options.Url);
        if (address is null)
        {
            throw new CommandFailedException(ExitCode.BadInput, $"{problem}.");
        }

        // Nothing but the node's own options has a say: no settings file of the working folder, no variable of the framework's.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        logging(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter(HostCategory, LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            address.Configure(kestrel);
            Limit(kestrel, services.Options.RequestBytesMax);
        });
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton(services);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi("v1", ApiDocument.Describe);

        WebApplication app = builder.Build();
        services.NodeMeter?.WatchConnections("clients", app.Services);
        app.UseExceptionHandler(handler => handler.Run(AnswerExceptionAsync));
        app.UseStatusCodePages();
        app.MapOpenApi("/openapi/{documentName}.json");
        RouteGroupBuilder v1 = app.MapGroup("/v1");
        NodeEndpoints.Map(app, v1);
        ClusterEndpoints.Map(v1);
        PulseEndpoints.Map(v1);
        AccountEndpoints.Map(v1);
        AcceptanceEndpoints.Map(v1);
        TransferEndpoints.Map(v1);
        SubmissionEndpoints.Map(v1);
        await ListenAsync(app, services.Options.Url, cancel).ConfigureAwait(false);
        return new LedgerApi(app, services);
    }

    /// <summary>Stops listening; requests under way get a moment to end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _services.Dispose();
    }

    private static async Task ListenAsync(WebApplication app, string url, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception exception) when (ListenAddress.Explain(exception) is { } reason)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new CommandFailedException(ExitCode.BadInput, $"{url} cannot be listened on: {reason}. Choose another with --url.");
        }
    }

    private static void Limit(KestrelServerOptions kestrel, int requestBytesMax)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = ConnectionCountMax;
        kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
        kestrel.Limits.MaxRequestBodySize = requestBytesMax;
        kestrel.Limits.MaxRequestLineSize = 4 << 10;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
    }

    private static Task AnswerExceptionAsync(HttpContext context)
    {
        Exception? exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        int requestBytesMax = context.RequestServices.GetRequiredService<ApiServices>().Options.RequestBytesMax;
        IResult answer = exception switch
        {
            LedgerUnavailableException unavailable => Problem.Unavailable(unavailable.Message),
            Microsoft.AspNetCore.Http.BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge(requestBytesMax),
            Microsoft.AspNetCore.Http.BadHttpRequestException bad => Problem.Create(bad.StatusCode, "bad-request", "The request cannot be understood", bad.Message),
            _ => Problem.Create(StatusCodes.Status500InternalServerError, "bug", "A bug in this node", "The node's log says more."),
        };
        return answer.ExecuteAsync(context);
    }
}
