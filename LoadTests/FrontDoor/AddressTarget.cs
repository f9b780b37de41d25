using LeitherCluster.Ledger.Keys;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.FrontDoor;

/// <summary>A ledger that runs somewhere already.</summary>
internal sealed class AddressTarget : LoadTarget
{
    /// <param name="addresses">host:port or http://host:port, separated by commas</param>
    /// <param name="organizationKey">the organization's key file; null when it is not at hand</param>
    /// <exception cref="ScenarioException">An address is none, or the key cannot be read.</exception>
    public AddressTarget(string addresses, string? organizationKey)
    {
        Endpoints = [.. addresses.Split(',', StringSplitOptions.TrimEntries).Select(EndpointOf)];
        Organization = organizationKey is null ? null : KeyAt(organizationKey);
    }

    public override string Name => $"the ledger at {string.Join(", ", Endpoints.Select(each => each.Authority))}";

    public override IReadOnlyList<Uri> Endpoints { get; }

    public override PrivateKey? Organization { get; }

    public override bool IsFresh => false;

    /// <summary>The key of a file that is not encrypted.</summary>
    /// <exception cref="ScenarioException">There is none.</exception>
    public static PrivateKey KeyAt(string file)
    {
        try
        {
            return KeyFile.TryParse(File.ReadAllBytes(file), out KeyFile? read) == KeyFileOutcome.Success && read!.Open([], out PrivateKey? key) == KeyFileOutcome.Success
                ? key!
                : throw new ScenarioException($"{file} holds no key that is in the clear. A load test needs one: leither key new FILE --plain.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"--key {file} cannot be read: {exception.Message}");
        }
    }

    private static Uri EndpointOf(string text)
    {
        string whole = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(whole, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.Host.Length != 0 && url.PathAndQuery == "/"
            ? url
            : throw new ScenarioException($"--target: '{text}' is no address; write host:port, like 127.0.0.1:7700, and several with commas between them.");
    }
}
