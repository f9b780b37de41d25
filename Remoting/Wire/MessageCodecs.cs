using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace LeitherCluster.Remoting.Wire;

/// <summary>All types of message that a node can write and read, by type and by number.</summary>
public sealed class MessageCodecs
{
    private readonly FrozenDictionary<Type, IMessageCodec> _byType;
    private readonly FrozenDictionary<uint, IMessageCodec> _byNumber;

    /// <summary>Throws <see cref="ArgumentException"/> when two codecs have the same number or type.</summary>
    public MessageCodecs(IEnumerable<IMessageCodec> codecs)
    {
        IMessageCodec[] all = [.. codecs];
        IMessageCodec? twice = all.GroupBy(codec => codec.Number).FirstOrDefault(same => same.Skip(1).Any())?.First()
            ?? all.GroupBy(codec => codec.MessageType).FirstOrDefault(same => same.Skip(1).Any())?.First();
        if (twice is not null)
        {
            throw new ArgumentException($"There are two codecs for {twice.MessageType.Name} or its number {twice.Number}", nameof(codecs));
        }

        _byType = all.ToFrozenDictionary(codec => codec.MessageType);
        _byNumber = all.ToFrozenDictionary(codec => codec.Number);
    }

    /// <summary>All codecs, in the order of their numbers.</summary>
    public IReadOnlyList<IMessageCodec> All => [.. _byNumber.Values.OrderBy(codec => codec.Number)];

    /// <summary>The codec for a type of message. Throws <see cref="InvalidOperationException"/> when there is none: a bug of whoever sends it.</summary>
    public IMessageCodec For(Type type) => _byType.TryGetValue(type, out IMessageCodec? codec) ? codec : ThrowNone(type);

    /// <summary>The codec with a number, which comes from another node.</summary>
    public bool TryFind(uint number, [NotNullWhen(true)] out IMessageCodec? codec) => _byNumber.TryGetValue(number, out codec);

    [DoesNotReturn]
    private static IMessageCodec ThrowNone(Type type) => throw new InvalidOperationException($"No codec knows {type.Name}, so it cannot go to another node");
}
