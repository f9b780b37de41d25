namespace LeitherCluster.Tests.Architecture.Reading;

/// <summary>A type by its name in metadata: with the arity of a generic one, and an outer type's name before a nested one's.</summary>
/// <param name="Namespace">The namespace of the outermost type.</param>
/// <param name="Name">The name with outer types, such as <c>Outer.Inner`1</c>.</param>
/// <param name="IsOwn">Whether it is defined in the assembly that was read.</param>
internal sealed record TypeName(string Namespace, string Name, bool IsOwn)
{
    public string Full => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";

    /// <summary>Whether the compiler made it up, or a source generator.</summary>
    public bool IsGenerated => Name.Contains('<', StringComparison.Ordinal);
}
