namespace LeitherCluster.Tests.Ledger.Tree;

/// <summary>
/// Trees of all shapes against the plain tree, for every instruction set: run by the child processes of
/// <see cref="Hashing.Blake3PathTests"/>, too.
/// </summary>
internal static class TreeChecks
{
    private static readonly int[] s_accounts = [1, 2, 3, 9, 20, 150, 700];

    /// <summary>How many synopses were compared.</summary>
    /// <exception cref="InvalidOperationException">One is wrong.</exception>
    public static int RunAll()
    {
        int compared = 0;
        foreach (int accounts in s_accounts)
        {
            foreach (int translucency in (int[])[0, 8, 160])
            {
                var tree = new TreeCase(Seed: accounts, accounts, SharedBits: 40, DepthBits: 3, translucency);
                List<PlainAccount> plain = tree.MakeAccounts();
                using var branch = tree.NewTree();
                plain.ForEach(branch.Put);
                if (branch.Update() != PlainTree.Of(plain, translucency) || !branch.Validate())
                {
                    throw new InvalidOperationException($"Wrong synopsis: {tree}");
                }

                compared++;
            }
        }

        return compared;
    }
}
