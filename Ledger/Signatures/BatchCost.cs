namespace LeitherCluster.Ledger.Signatures;

/// <summary>
/// What the last batch took, in signatures. <see cref="EquationTerms"/> counts a signature once for each equation that it was in, and
/// is at most <see cref="BatchVerifier.EquationTermsMax"/> times <see cref="Signatures"/>; <see cref="Judged"/> counts those judged by themselves,
/// each once at most: that bounds what bad signatures can make a batch cost.
/// </summary>
/// <param name="Signatures">How many were asked for.</param>
/// <param name="Decoded">Points decoded: an R for each signature, and the keys that the cache did not have.</param>
/// <param name="EquationTerms">Terms of batch equations.</param>
/// <param name="Judged">Signatures judged by themselves.</param>
public readonly record struct BatchCost(int Signatures, int Decoded, int EquationTerms, int Judged);
