using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;

namespace LeitherCluster.Hosting.Commands.Proofs;

/// <summary><c>leither proof verify FILE</c>.</summary>
internal sealed class ProofVerifyCommand() : VerifyCommand(
    "Check an account proof offline, against a trust file alone. Exit code 0 only when it holds.",
    "leither proof verify proof.json",
    "leither proof verify proof.json --trust trust.json -o json")
{
    public override Task<ExitCode> RunAsync(CommandCall call, CancellationToken cancel)
    {
        byte[] bytes = ReadFile(call);
        Trust trust = ReadTrust(call);
        if (!AccountProofDocument.TryRead(bytes, out SignedStatement? signed, out AccountProof? proof))
        {
            throw new CommandFailedException(ExitCode.Corrupt, "The proof does not hold: the file is no account proof.");
        }

        RootStatement statement = signed.Statement;
        if (statement.Ledger != trust.Ledger)
        {
            throw new CommandFailedException(ExitCode.Corrupt, "The proof does not hold: it is of another ledger than the trusted one.");
        }

        StatementVerdict signatures = signed.Verify(trust.Committee);
        if (signatures != StatementVerdict.Valid)
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The proof does not hold: its statement's signatures do not ({signatures}).");
        }

        ProofVerdict verdict = ProofVerifier.Verify(proof, new StatedRoot(statement.Root, statement.Sum.Units, (int)statement.Translucency));
        if (verdict != ProofVerdict.Valid)
        {
            throw new CommandFailedException(ExitCode.Corrupt, $"The proof does not hold: its path does not lead to the statement's root ({verdict}).");
        }

        call.Write(ProofText.Of(proof, statement, trust), CommandJson.Default.ProofText, ProofText.WriteText);
        return Task.FromResult(ExitCode.Ok);
    }
}
