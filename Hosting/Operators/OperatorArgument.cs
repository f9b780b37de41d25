namespace LeitherCluster.Hosting.Operators;

/// <summary>An argument of an operator's command, with what it may be.</summary>
internal sealed record OperatorArgument
{
    private OperatorArgument(string name, string summary, ArgumentKind kind)
    {
        Name = name;
        Summary = summary;
        Kind = kind;
    }

    public string Name { get; }

    public string Summary { get; }

    public ArgumentKind Kind { get; }

    public bool IsRequired { get; private init; }

    /// <summary>What holds when it is left out; null: nothing.</summary>
    public string? Default { get; private init; }

    /// <summary>For numbers: the largest.</summary>
    public long Largest { get; private init; } = long.MaxValue;

    /// <summary>Values that make sense now; for completion only.</summary>
    public Func<OperatorServices, IReadOnlyList<string>>? Choices { get; init; }

    /// <summary>A text that must be given; it stands on the line in its place.</summary>
    public static OperatorArgument Required(string name, string summary) => new(name, summary, ArgumentKind.Text) { IsRequired = true };

    /// <summary>A text that may be given, as <c>--name value</c>.</summary>
    public static OperatorArgument Optional(string name, string summary, string? otherwise = null) => new(name, summary, ArgumentKind.Text) { Default = otherwise };

    /// <summary>A whole number from 0 that may be given, as <c>--name value</c>.</summary>
    public static OperatorArgument Number(string name, string summary, long otherwise, long largest) =>
        new(name, summary, ArgumentKind.Number) { Default = otherwise.ToString(System.Globalization.CultureInfo.InvariantCulture), Largest = largest };

    /// <summary>Something that is so when <c>--name</c> is there.</summary>
    public static OperatorArgument Flag(string name, string summary) => new(name, summary, ArgumentKind.Flag);

    /// <summary>A member's name that must be given; those there are completed.</summary>
    public static OperatorArgument RequiredNode(string summary) => Required("node", summary) with { Choices = NamesOfMembers };

    /// <summary>A member's name that may be given.</summary>
    public static OperatorArgument OptionalNode(string summary) => Optional("node", summary) with { Choices = NamesOfMembers };

    /// <summary>What is wrong with a text; null: nothing.</summary>
    public string? ProblemOf(string text) => Kind switch
    {
        ArgumentKind.Number when !long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long number) || number > Largest
            => $"{Name} must be a whole number from 0 to {Largest}, not '{text}'",
        ArgumentKind.Flag when text is not ("true" or "false") => $"{Name} must be true or false, not '{text}'",
        ArgumentKind.Text when text.Length is 0 or > OperatorLimits.ArgumentLengthMax => $"{Name} must have 1 to {OperatorLimits.ArgumentLengthMax} characters",
        _ => null,
    };

    private static IReadOnlyList<string> NamesOfMembers(OperatorServices services) => [.. services.Member.Table.Up.Select(member => member.Id.Name).Order(StringComparer.Ordinal)];
}
