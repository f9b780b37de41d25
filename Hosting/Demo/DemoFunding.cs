using LeitherCluster.Actors.Gateway;
using LeitherCluster.Hosting.Api;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Nodes;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Demo;

/// <summary>Gives the demonstration accounts their money, once, and has them accept payments. May be cut short at any point and done again.</summary>
internal sealed class DemoFunding(ILedgerGateway gateway, DemoAccounts accounts, PrivateKey organization, TimeProvider clock)
{
    private const int RegistrationsAtOnce = 64;

    private static readonly TimeSpan s_betweenTries = TimeSpan.FromSeconds(1);

    // Of all tries: it is the very same bundle that is sent again.
    private readonly Timestamp _expiry = new((ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() + (gateway.Parameters.ExpiryAheadMs / 2));

    /// <summary>
    /// Does what is not done yet, for as long as it takes: while a young cluster is busy with itself a question may find no answer, and is asked again.
    /// </summary>
    /// <param name="note">is told of each try that failed</param>
    public async Task RunUntilDoneAsync(Action<string> note, CancellationToken cancel)
    {
        long began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await RunAsync(cancel).ConfigureAwait(false);
                return;
            }
            catch (LedgerUnavailableException exception)
            {
                LedgerFailure.ThrowIfFailed(gateway.Status);
                note($"The accounts are not funded yet, after {clock.GetElapsedTime(began).TotalSeconds:F0} s; trying again. {exception.Message}");
            }

            await Task.Delay(s_betweenTries, clock, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Does what is not done yet.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        // The bundle that funds all of them is the first thing that a demonstration ledger ever commits, whole or not at all.
        if (await gateway.ReadPulseAsync(null, cancel).ConfigureAwait(false) is null)
        {
            await FundAsync(cancel).ConfigureAwait(false);
        }

        await AcceptAsync(cancel).ConfigureAwait(false);
    }

    private async Task FundAsync(CancellationToken cancel)
    {
        var batch = new TransferBatch();
        byte[] frame = new byte[FrameLayout.FrameBytesMax];
        var builder = new BundleBuilder(frame, new TransferBody
        {
            Version = TransferBody.CurrentVersion,
            Kind = TransferKind.IssueBundle,
            Ledger = gateway.Parameters.Ledger,
            Sender = gateway.Parameters.Ledger.OrganizationAccount,
            Nonce = 1,
            Expiry = _expiry,
        });
        foreach (AccountId account in accounts.Ids)
        {
            builder.Add(account, DemoLedger.Opening, default, Acceptance.None);
        }

        batch.TryAppend(frame.AsSpan(0, builder.Finish(organization)));
        TransferAnswer answer = (await Submissions.SendAsync(gateway, batch, cancel).ConfigureAwait(false))[0];
        if (answer.Outcome is Outcome.Busy or Outcome.Pending)
        {
            throw new LedgerUnavailableException($"The bundle that funds them was answered with {OutcomeTexts.NameOf(answer.Outcome)}.");
        }

        if (answer.Outcome != Outcome.Committed)
        {
            throw new CommandFailedException(ExitCode.Refused, $"The demonstration accounts could not be funded: {OutcomeTexts.NameOf(answer.Outcome)}. {OutcomeTexts.Explain(answer.Outcome)}");
        }
    }

    private Task AcceptAsync(CancellationToken cancel)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = RegistrationsAtOnce, CancellationToken = cancel };
        return Parallel.ForAsync(0, accounts.Ids.Count, options, async (i, stop) =>
        {
            RegisteredAcceptance? known = await gateway.FindAcceptanceAsync(accounts.Ids[i], accounts.Ids[0], DemoLedger.Opening, stop).ConfigureAwait(false);
            if (known is null)
            {
                await gateway.RegisterAcceptanceAsync(accounts.Keys[i].PublicKey, accounts.Acceptances[i], stop).ConfigureAwait(false);
            }
        });
    }
}
