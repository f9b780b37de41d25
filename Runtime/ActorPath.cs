namespace LeitherCluster.Runtime;

/// <summary>
/// Where an actor stands: <c>leither://system/user/trunk/branch-7</c>. Immutable, equal by its text. Names are not empty,
/// hold no '/' and no control character.
/// </summary>
public sealed class ActorPath : IEquatable<ActorPath>
{
    private const string Scheme = "leither://";
    private readonly string _text;

    private ActorPath(ActorPath? parent, string name)
    {
        Parent = parent;
        Name = name;
        _text = parent is null ? Scheme + name : parent._text + "/" + name;
    }

    /// <summary>The path above; null at the root, whose name is the system's.</summary>
    public ActorPath? Parent { get; }

    public string Name { get; }

    /// <summary>Name of the actor system: the name of the root.</summary>
    public string System => Parent is null ? Name : Parent.System;

    /// <summary>The path of a system's root.</summary>
    public static ActorPath Root(string system) => new(null, Checked(system));

    /// <summary>The path of the child <paramref name="name"/>. Throws <see cref="InvalidActorNameException"/>.</summary>
    public ActorPath Child(string name) => new(this, Checked(name));

    /// <summary>Reads a path in the form that <see cref="ToString"/> writes.</summary>
    public static ActorPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            throw new InvalidActorNameException($"'{text}' is no actor path: it does not start with {Scheme}");
        }

        string[] names = text[Scheme.Length..].Split('/');
        ActorPath path = Root(names[0]);
        foreach (string name in names.AsSpan(1))
        {
            path = path.Child(name);
        }

        return path;
    }

    public bool Equals(ActorPath? other) => ReferenceEquals(this, other) || (other is not null && string.Equals(_text, other._text, StringComparison.Ordinal));

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    public override string ToString() => _text;

    private static string Checked(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
        {
            throw new InvalidActorNameException("An actor name must not be empty");
        }

        foreach (char c in name)
        {
            if (c == '/' || char.IsControl(c))
            {
                throw new InvalidActorNameException($"The actor name '{name}' holds a '/' or a control character");
            }
        }

        return name;
    }
}

/// <summary>A name that no actor can have here: malformed, or taken by a living sibling.</summary>
public sealed class InvalidActorNameException(string message) : Exception(message);
