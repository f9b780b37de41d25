using LeitherCluster.Ledger.Keys;
using LeitherCluster.Ledger.Proofs;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Ledger.Receipts;

/// <summary>
/// Checks receipts offline: all it knows is the receipt, the committee whose word counts, and the ledger. Says by name what is wrong, and throws
/// at nothing that a receipt may hold. The rules, in their order, are those of docs/PROTOCOL.md, section 7.
/// </summary>
public static class ReceiptVerifier
{
    /// <summary>Whether bytes of any origin are a receipt that holds; what it shows then.</summary>
    public static ReceiptVerdict Verify(ReadOnlySpan<byte> bytes, Committee committee, in LedgerId ledger, out ReceiptFindings? findings)
    {
        findings = null;
        return Receipt.TryRead(bytes, out Receipt? receipt) ? Verify(receipt, committee, ledger, out findings) : ReceiptVerdict.Malformed;
    }

    /// <summary>Whether a receipt holds; what it shows then.</summary>
    public static ReceiptVerdict Verify(Receipt receipt, Committee committee, in LedgerId ledger, out ReceiptFindings? findings)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(committee);
        ReceiptVerdict verdict = CheckStatement(receipt.Statement, committee, ledger);
        if (verdict == ReceiptVerdict.Valid)
        {
            verdict = CheckTransfer(receipt.Transfer, receipt.Statement.Statement);
        }

        if (verdict == ReceiptVerdict.Valid && receipt.Path.RootFrom(receipt.Transfer.Id) != receipt.Statement.Statement.Windows)
        {
            verdict = ReceiptVerdict.NotInWindows;
        }

        if (verdict == ReceiptVerdict.Valid)
        {
            verdict = CheckAccount(receipt);
        }

        findings = verdict == ReceiptVerdict.Valid ? Find(receipt) : null;
        return verdict;
    }

    private static ReceiptVerdict CheckStatement(SignedStatement statement, Committee committee, in LedgerId ledger)
    {
        if (statement.Statement.Ledger != ledger)
        {
            return ReceiptVerdict.OtherLedger;
        }

        return statement.Verify(committee) switch
        {
            StatementVerdict.Valid => ReceiptVerdict.Valid,
            StatementVerdict.OtherCommittee => ReceiptVerdict.OtherCommittee,
            StatementVerdict.UnknownSigner => ReceiptVerdict.UnknownSigner,
            StatementVerdict.TooFewSignatures => ReceiptVerdict.TooFewSignatures,
            _ => ReceiptVerdict.BadStatementSignature,
        };
    }

    private static ReceiptVerdict CheckTransfer(TransferEvidence transfer, in RootStatement statement)
    {
        TransferBody body = transfer.Body;
        if (body.Ledger != statement.Ledger)
        {
            return ReceiptVerdict.TransferOfOtherLedger;
        }

        if (body.Expiry < statement.Timestamp)
        {
            return ReceiptVerdict.Expired;
        }

        if (transfer.Form == TransferEvidenceForm.Frame)
        {
            return CheckFrame(new TransferFrame(transfer.Bytes), statement.Timestamp);
        }

        BundleItemEvidence.TryRead(transfer.Bytes, out BundleItemEvidence evidence);
        return CheckItem(evidence, body, statement.Timestamp);
    }

    private static ReceiptVerdict CheckFrame(in TransferFrame frame, Timestamp beat)
    {
        ref readonly TransferBody body = ref frame.Body;
        if (body.Kind == TransferKind.Reserve && frame.HoldTerms.Expiry < beat)
        {
            return ReceiptVerdict.Expired;
        }

        ReceiptVerdict verdict = CheckSigner(body, frame.SignedBytes, frame.SignerKey, frame.SignerSignature);
        return verdict == ReceiptVerdict.Valid ? CheckAcceptance(Acceptance.Of(frame), body, frame.SignedBytes, beat) : verdict;
    }

    private static ReceiptVerdict CheckItem(in BundleItemEvidence evidence, in TransferBody itemBody, Timestamp beat)
    {
        TransferBody bundle = evidence.Bundle;
        ReceiptVerdict verdict = CheckSigner(bundle, evidence.SignedBytes, evidence.SignerKey, evidence.SignerSignature);
        if (verdict == ReceiptVerdict.Valid)
        {
            ReadOnlySpan<byte> content = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<TransferBody>(in itemBody));
            verdict = CheckAcceptance(Acceptance.Of(evidence.Item), itemBody, content, beat);
        }

        return verdict != ReceiptVerdict.Valid || ItemTree.Leads(evidence.Item, bundle.ItemNumber, evidence.Siblings, evidence.ItemsRoot)
            ? verdict
            : ReceiptVerdict.NotInBundle;
    }

    private static ReceiptVerdict CheckSigner(in TransferBody body, ReadOnlySpan<byte> content, in PublicKey key, in Signature signature)
    {
        AccountId paying = FrameLayout.IsIssuance(body.Kind) ? body.Ledger.OrganizationAccount : body.Sender;
        bool mayPay = FrameLayout.ActsOnHold(body.Kind) || (AccountIds.Of(key) == body.Sender && body.Sender == paying);
        return mayPay && IsSigned(content, key, signature) ? ReceiptVerdict.Valid : ReceiptVerdict.BadSignature;
    }

    private static ReceiptVerdict CheckAcceptance(in Acceptance acceptance, in TransferBody body, ReadOnlySpan<byte> content, Timestamp beat)
    {
        if (acceptance.Form == AcceptanceForm.None)
        {
            return ReceiptVerdict.Valid;
        }

        if (AccountIds.Of(acceptance.ReceiverKey) != body.Receiver)
        {
            return ReceiptVerdict.NotAccepted;
        }

        if (acceptance.Form == AcceptanceForm.Signature)
        {
            return IsSigned(content, acceptance.ReceiverKey, acceptance.Signature) ? ReceiptVerdict.Valid : ReceiptVerdict.NotAccepted;
        }

        StandingTerms terms = acceptance.Standing.Terms;
        Span<byte> message = stackalloc byte[SignedMessage.StandingBytes];
        SignedMessage.OfStanding(terms, message);
        if (!terms.Covers(body.Ledger, body.Sender, body.Receiver, body.Amount)
            || !Ed25519.Verify(acceptance.ReceiverKey, message, acceptance.Signature))
        {
            return ReceiptVerdict.NotAccepted;
        }

        return terms.Expiry < beat ? ReceiptVerdict.Expired : ReceiptVerdict.Valid;
    }

    private static bool IsSigned(ReadOnlySpan<byte> content, in PublicKey key, in Signature signature)
    {
        Span<byte> message = stackalloc byte[SignedMessage.SizeBytesMax];
        return Ed25519.Verify(key, message[..SignedMessage.OfTransfer(content, message)], signature);
    }

    private static ReceiptVerdict CheckAccount(Receipt receipt)
    {
        if (receipt.Account is not { } account)
        {
            return ReceiptVerdict.Valid;
        }

        TransferBody body = receipt.Transfer.Body;
        if (account.Id != body.Sender && account.Id != body.Receiver)
        {
            return ReceiptVerdict.AccountOfNeither;
        }

        RootStatement statement = receipt.Statement.Statement;
        StatedRoot root = new(statement.Root, statement.Sum.Units, (int)statement.Translucency);
        return account.IsInclusion && ProofVerifier.Verify(account, root) == ProofVerdict.Valid ? ReceiptVerdict.Valid : ReceiptVerdict.AccountNotProven;
    }

    private static ReceiptFindings Find(Receipt receipt)
    {
        RootStatement statement = receipt.Statement.Statement;
        TransferBody body = receipt.Transfer.Body;
        return new ReceiptFindings
        {
            Ledger = statement.Ledger,
            TransferId = receipt.Transfer.Id,
            Kind = receipt.Transfer.Kind,
            Sender = body.Sender,
            Receiver = body.Receiver,
            Amount = body.Amount,
            Reference = body.Reference,
            TimeSequence = statement.TimeSequence,
            Beat = statement.Beat,
            Timestamp = statement.Timestamp,
            Position = receipt.Path.Position,
            Account = (receipt.Account?.Leaf as IncludedLeaf)?.Record,
        };
    }
}
