using LeitherCluster.Tests.Architecture.Reading;

namespace LeitherCluster.Tests.Architecture.Rules;

/// <summary>
/// A BannedSymbols.txt, as the analyzer reads it: documentation ids with a reason. Methods are banned by name, whatever their
/// parameters, which is stricter than the analyzer.
/// </summary>
internal sealed class BannedSymbols
{
    private readonly HashSet<string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    public BannedSymbols(string file)
    {
        foreach (string line in Repository.Read(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string id = line.Split(';')[0];
            string name = id[2..].Split('(')[0].Split("``")[0];
            switch (id[0])
            {
                case 'T':
                    _types.Add(name);
                    break;
                case 'M':
                    _members.Add(name);
                    break;
                case 'P':
                    int member = name.LastIndexOf('.') + 1;
                    _members.Add(name[..member] + "get_" + name[member..]);
                    break;
                default:
                    throw new InvalidDataException($"{file}: '{line}' is of no kind that this test knows.");
            }
        }
    }

    public bool Bans(Use use) => _types.Contains(use.Used.Full) || (use.Member != null && BansMember($"{use.Used.Full}.{use.Member}"));

    /// <summary>Whether a type, or else a member of that name in metadata, is banned.</summary>
    public bool Bans(string type, string member) => _types.Contains(type) || BansMember($"{type}.{member}");

    private bool BansMember(string name) => _members.Contains(name);
}
