using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LeitherCluster.Hosting.Api;

/// <summary>The head of the OpenAPI document, and what its endpoints cannot say themselves.</summary>
internal static class ApiDocument
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "LeitherCluster",
            Version = ProgramVersion.Text,
            Description =
                "An organization's ledger. Refusals are application/problem+json with the outcome's name and number. Inquiries about ordinary "
                + "accounts bear the headers Leither-Key, Leither-Time and Leither-Signature (docs/PROTOCOL.md, section 10).",
        };
        return Task.CompletedTask;
    });
}
