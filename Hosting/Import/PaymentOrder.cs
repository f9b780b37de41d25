using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Hosting.Import;

/// <summary>
/// One line of a payments file: who pays whom how much, as often as the file is played. Payer and receiver are indices into
/// <see cref="PaymentFile.Names"/>; the reference is at most 16 bytes of UTF-8; the amount stands there as it was written, too, so that it
/// can be added up a second, independent way.
/// </summary>
public sealed record PaymentOrder(int From, int To, Amount Amount, string AmountText, string Reference);
