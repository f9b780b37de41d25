namespace LeitherCluster.Hosting.Commands.Organizations;

/// <summary>A ledger that was made.</summary>
internal sealed record OrgCreated(string Ledger, string OrganizationKey, string Token, string KeyFile, string ParametersFile)
{
    public static void WriteText(TextWriter output, OrgCreated made)
    {
        output.WriteLine($"ledger        {made.Ledger}");
        output.WriteLine($"organization  {made.OrganizationKey}");
        output.WriteLine($"token         {made.Token}");
        output.WriteLine($"key           {made.KeyFile}");
        output.WriteLine($"parameters    {made.ParametersFile}");
    }
}
