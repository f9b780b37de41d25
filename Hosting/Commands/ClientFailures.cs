using LeitherCluster.Client;
using LeitherCluster.Hosting.Api;

namespace LeitherCluster.Hosting.Commands;

/// <summary>What a command says, and ends with, when a node gives it no answer that it can use.</summary>
internal static class ClientFailures
{
    public static ExitCode ExitCodeOf(LedgerClientException failure) => failure.Fault switch
    {
        ClientFault.Unreachable or ClientFault.NotALedger => ExitCode.Unreachable,
        ClientFault.TimedOut or ClientFault.Busy => ExitCode.Busy,
        ClientFault.BadRequest => ExitCode.BadInput,
        ClientFault.NotFound => ExitCode.NotFound,
        ClientFault.NotVerified => ExitCode.Corrupt,
        _ => ExitCode.Refused,
    };

    /// <summary>One line, with what to do.</summary>
    public static string Explain(LedgerClientException failure) => failure.Fault switch
    {
        ClientFault.Unreachable => $"{failure.Message} Start one with 'leither dev', or say where it is with --url or LEITHER_URL.",
        ClientFault.TimedOut => $"{failure.Message} Run it again.",
        ClientFault.NotALedger => $"{failure.Message} Check --url.",
        _ when failure.Outcome is { } outcome && failure.Message.EndsWith(").", StringComparison.Ordinal) => $"{failure.Message} {OutcomeTexts.Explain(outcome)}",
        _ => failure.Message,
    };
}
