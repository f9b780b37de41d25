namespace LeitherCluster.Tests.Architecture.Reading;

/// <summary>That a type uses another one, or a member of it.</summary>
/// <param name="User">The type that uses.</param>
/// <param name="Used">The type that is used.</param>
/// <param name="Member">The member of it in metadata's name, such as <c>get_Now</c>; null for the type alone.</param>
internal sealed record Use(TypeName User, TypeName Used, string? Member)
{
    public override string ToString() => $"{User.Full} uses {Used.Full}{(Member == null ? "" : "." + Member)}";
}
