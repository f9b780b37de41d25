using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Configuration;
using LeitherCluster.Hosting.Joining;
using LeitherCluster.Hosting.Operators.Contracts;
using LeitherCluster.Remoting.Certificates;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace LeitherCluster.Hosting.Operators;

/// <summary>
/// Where consoles reach a node: HTTPS with the cluster's own certificates on both sides. TLS takes any certificate; whose it is, is judged at each request, so
/// that a console can be told what is wrong with it. docs/PROTOCOL.md, section 19.
/// </summary>
internal sealed class OperatorServer : IAsyncDisposable
{
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(2);
    private static readonly byte[] s_lineEnd = "\n"u8.ToArray();

    private readonly WebApplication _app;
    private readonly OperatorServices _services;
    private readonly OperatorDesk _desk;
    private readonly NodeIdentity _identity;

    private OperatorServer(OperatorServices services, Action<ILoggingBuilder> logging, IPEndPoint listen)
    {
        _services = services;
        _identity = services.Member.Identity;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        logging(builder.Logging);
        builder.Logging.AddFilter("Microsoft", LogLevel.Error).AddFilter(Api.LedgerApi.HostCategory, LogLevel.None);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = OperatorLimits.RequestBytesMax;
            kestrel.Limits.MaxConcurrentConnections = OperatorLimits.ConnectionCountMax;
            kestrel.Listen(listen, Configure);
        });
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_stopTimeout);
        builder.Services.AddSingleton<IHostLifetime, Api.NoSignals>();
        _app = builder.Build();
        services.Meter.WatchConnections("operators", _app.Services);
        _desk = new OperatorDesk(services, _app.Services.GetRequiredService<ILogger<OperatorDesk>>());
        _app.Use(RequireOperatorAsync);
        JoinEndpoints.Map(_app, services.Joining);
        _app.MapGet(OperatorRoutes.Palettes, DescribeAsync);
        _app.MapPost(OperatorRoutes.Commands + "/{palette}/{command}", RunAsync);
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    public string Address => new Uri(_app.Urls.First()).Authority;

    /// <summary>Starts listening.</summary>
    /// <exception cref="CommandFailedException">The address cannot be listened on.</exception>
    public static async Task<OperatorServer> StartAsync(OperatorServices services, Action<ILoggingBuilder> logging, CancellationToken cancel)
    {
        string listen = services.Options.OperatorsEndPoint!;
        OperatorServer server = new(services, logging, await EndPoints.ResolveAsync(listen, "--operators", cancel).ConfigureAwait(false));
        try
        {
            await server._app.StartAsync(cancel).ConfigureAwait(false);
            return server;
        }
        catch (Exception exception) when (ListenAddress.Explain(exception) is { } reason)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new CommandFailedException(ExitCode.BadInput, $"{listen}, for operators, cannot be listened on: {reason}. Choose another with --operators, or 'none'.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = _identity.Certificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
            OnAuthenticate = (_, options) =>
            {
                options.EnabledSslProtocols = SslProtocols.Tls13;
                options.ServerCertificateContext = SslStreamCertificateContext.Create(_identity.Certificate, null, offline: true);
                options.AllowTlsResume = false;
            },
        });
    }

    // Who asks to be let in has no certificate yet: its invitation's secret stands for one.
    private async Task RequireOperatorAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments(JoinEndpoints.JoinPath, StringComparison.Ordinal))
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        X509Certificate2? certificate = context.Connection.ClientCertificate;
        long nowMs = _services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        CertificateRefusal refusal = PeerCheck.CheckOperator(certificate, _identity.Authority, _services.Member.Cluster, nowMs, out string? name);
        if (refusal == CertificateRefusal.None)
        {
            context.Features.Set(new Requester(name!, certificate!.SerialNumber));
            await next(context).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await WriteAsync(context, new OperatorEvent(End: new OperatorEnd((int)ExitCode.Refused, WordsFor(refusal)))).ConfigureAwait(false);
    }

    private string WordsFor(CertificateRefusal refusal) => refusal switch
    {
        CertificateRefusal.Missing => $"Show an operator's certificate of cluster {_services.Member.Cluster}. ",
        CertificateRefusal.Malformed => "The certificate is not an operator's: a node's, for one, opens nothing here. ",
        CertificateRefusal.WrongCluster => $"The certificate is of another cluster; this one is {_services.Member.Cluster}. ",
        CertificateRefusal.ForeignAuthority => "The certificate was issued by another authority than this cluster's. ",
        CertificateRefusal.NotYetValid => "The certificate begins in the future: a clock is off. ",
        _ => "The certificate's time is over. ",
    } + "'leither ca issue --operator NAME --to DIR' makes one, where the authority is.";

    private Task DescribeAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(_desk.Describe(context.Features.GetRequiredFeature<Requester>().Name), OperatorJson.Default.PaletteList, cancellationToken: context.RequestAborted);

    private async Task RunAsync(HttpContext context)
    {
        OperatorRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, OperatorJson.Default.OperatorRequest, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            request = null;
        }

        if (request is null)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await WriteAsync(context, new OperatorEvent(End: new OperatorEnd((int)ExitCode.BadInput, "The request is not what a console sends."))).ConfigureAwait(false);
            return;
        }

        CancellationToken stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        try
        {
            await _desk.RunAsync(
                context.Features.GetRequiredFeature<Requester>(),
                (string)context.Request.RouteValues["palette"]!,
                (string)context.Request.RouteValues["command"]!,
                request.Arguments,
                line => WriteAsync(context, line),
                end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // A console that leaves and a node that stops are how a stream ends.
        }
    }

    private static async Task WriteAsync(HttpContext context, OperatorEvent line)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = OperatorRoutes.LinesType;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(line, OperatorJson.Default.OperatorEvent);
        await context.Response.Body.WriteAsync(json, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.WriteAsync(s_lineEnd, context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
