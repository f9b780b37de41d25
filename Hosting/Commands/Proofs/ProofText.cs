using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;

namespace LeitherCluster.Hosting.Commands.Proofs;

/// <summary>What a valid account proof shows. Amounts are decimals of the ledger's token.</summary>
internal sealed record ProofText(string Account, bool Exists, string? Balance, string? Held, string Token, ulong Sequence, string At, string Root, string Supply)
{
    public static ProofText Of(AccountProof proof, in RootStatement statement, Trust trust)
    {
        var leaf = proof.Leaf as IncludedLeaf;
        return new ProofText(
            proof.Id.ToString(),
            leaf is not null,
            leaf?.Record.Balance.ToString(trust.Decimals),
            leaf?.Record.Frozen.ToString(trust.Decimals),
            trust.Token,
            statement.TimeSequence.Value,
            statement.Timestamp.ToString(),
            statement.Root.ToString(),
            statement.Sum.ToString(trust.Decimals));
    }

    public static void WriteText(TextWriter output, ProofText proof)
    {
        output.WriteLine("The proof holds.");
        output.WriteLine($"account   {proof.Account}");
        output.WriteLine(proof.Exists
            ? $"balance   {proof.Balance} {proof.Token}, {proof.Held} of it held"
            : "          there is no such account");
        output.WriteLine($"as of     pulse {proof.Sequence}, {proof.At}");
        output.WriteLine($"root      {proof.Root}");
        output.WriteLine($"supply    {proof.Supply} {proof.Token}");
    }
}
