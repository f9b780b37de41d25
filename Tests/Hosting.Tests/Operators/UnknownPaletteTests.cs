using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Operators;
using LeitherCluster.Remoting.Certificates;
using LeitherCluster.Tests.Hosting.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace LeitherCluster.Tests.Hosting.Operators;

/// <summary>
/// A console and a node whose palettes it has never heard of, as docs/PROTOCOL.md, section 19, has them on the wire: an application's own, or a newer node's.
/// </summary>
public sealed class UnknownPaletteTests : IAsyncLifetime
{
    private const string Palettes = """
        {"cluster":"shops","node":"n1#1","version":"9.9.9","operator":"alice","news":"of a later version","palettes":[{"name":"shop","summary":"Of an application.","commands":[
          {"name":"sell","summary":"Sell something.","example":"shop sell pear --pieces 2","changes":true,"streams":false,"arguments":[
            {"name":"what","summary":"of what there is","kind":"text","required":true,"choices":["apple","pear"]},
            {"name":"pieces","summary":"how many","kind":"number","required":false,"default":"1"}]},
          {"name":"tail","summary":"Follow what is sold.","example":"shop tail","changes":false,"streams":true,"arguments":[]}]}]}
        """;

    private readonly TestFolder _folder = new();
    private readonly List<string> _asked = [];
    private WebApplication _node = null!;
    private NodeIdentity _identity = null!;

    public async Task InitializeAsync()
    {
        string authority = _folder["authority"];
        (await CommandRun.OfAsync("ca", "init", "shops", "--authority", authority)).Ok();
        (await CommandRun.OfAsync("ca", "issue", "n1", "--authority", authority, "--to", _folder["n1"])).Ok();
        (await CommandRun.OfAsync("ca", "issue", "--operator", "alice", "--authority", authority, "--to", _folder["alice"])).Ok();
        Assert.Equal(AuthorityOutcome.Success, NodeIdentity.TryOpen(_folder["n1"], out NodeIdentity? identity));
        _identity = identity!;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = _identity.Certificate,
                ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = static (_, _, _) => true,
                SslProtocols = SslProtocols.Tls13,
            });
        }));
        builder.Services.AddRouting();
        _node = builder.Build();
        _node.MapGet(OperatorRoutes.Palettes, static () => Results.Text(Palettes, "application/json"));
        _node.MapPost(OperatorRoutes.Commands + "/{palette}/{command}", AnswerAsync);
        await _node.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _identity.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Console_AtANodeWithPalettesThatItDoesNotKnow_HelpsChecksAndRunsThem()
    {
        CommandRun run = (await ConsoleAsync("help", "help shop sell", "shop sell pear --pieces 2", "shop tail --count 1")).Ok();

        Assert.Contains("Of an application.", run.Out, StringComparison.Ordinal);
        Assert.Contains("recorded with your name", run.Out, StringComparison.Ordinal);
        Assert.Contains("pieces", run.Out, StringComparison.Ordinal);
        Assert.Contains("12.50", run.Out, StringComparison.Ordinal);
        Assert.Contains("a pear was sold", run.Out, StringComparison.Ordinal);
        Assert.Equal(["shop sell pieces=2 what=pear", "shop tail "], _asked);
    }

    [Theory]
    [InlineData("shop sell", "what")]
    [InlineData("shop sell pear --colour red", "colour")]
    [InlineData("shop steal", "shop has sell")]
    public async Task Console_GivenALineThatTheNodesWordsRuleOut_SaysSo(string line, string said)
    {
        CommandRun run = await ConsoleAsync(line);

        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    private Task<CommandRun> ConsoleAsync(params string[] lines) => CommandRun.OfAsync(
        ["console", "--connect", new Uri(_node.Urls.First()).Authority, "--credentials", _folder["alice"], .. lines.SelectMany(static line => new[] { "-c", line })]);

    private async Task AnswerAsync(HttpContext context)
    {
        using JsonDocument request = await JsonDocument.ParseAsync(context.Request.Body);
        string arguments = string.Join(' ', request.RootElement.GetProperty("arguments").EnumerateObject().OrderBy(static each => each.Name, StringComparer.Ordinal).Select(static each => $"{each.Name}={each.Value.GetString()}"));
        string command = (string)context.Request.RouteValues["command"]!;
        _asked.Add($"{context.Request.RouteValues["palette"]} {command} {arguments}");
        await context.Response.WriteAsync(command == "tail"
            ? "{\"line\":{\"text\":\"a pear was sold\",\"data\":{\"what\":\"pear\"}}}\n{\"end\":{\"exitCode\":0}}\n"
            : "{\"document\":{\"columns\":[\"what\",\"price\"],\"rows\":[[\"pear\",\"12.50\"]],\"facts\":{}}}\n{\"end\":{\"exitCode\":0}}\n");
    }
}
