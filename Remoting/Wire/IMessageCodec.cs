using System.Buffers;

namespace LeitherCluster.Remoting.Wire;

/// <summary>
/// How one type of message is written between nodes. Its number never changes and is never used again for another. Safe from any thread.
/// </summary>
public interface IMessageCodec
{
    /// <summary>Stands for the type on the wire; docs/PROTOCOL.md lists them.</summary>
    uint Number { get; }

    /// <summary>The exact type of the messages.</summary>
    Type MessageType { get; }

    /// <summary>Appends the message's bytes.</summary>
    void Write(object message, IBufferWriter<byte> output);

    /// <summary>Reads a message from all of the bytes.</summary>
    /// <exception cref="MalformedMessageException">They are no such message. Nothing else is thrown, whatever the bytes.</exception>
    object Read(MessageBody body);
}

/// <summary>A codec, typed.</summary>
public abstract class MessageCodec<TMessage>(uint number) : IMessageCodec
    where TMessage : class, Runtime.IWireMessage
{
    public uint Number { get; } = number;

    public Type MessageType => typeof(TMessage);

    void IMessageCodec.Write(object message, IBufferWriter<byte> output) => Write((TMessage)message, output);

    object IMessageCodec.Read(MessageBody body) => Read(body);

    /// <inheritdoc cref="IMessageCodec.Write"/>
    public abstract void Write(TMessage message, IBufferWriter<byte> output);

    /// <inheritdoc cref="IMessageCodec.Read"/>
    public abstract TMessage Read(MessageBody body);
}

/// <summary>Bytes that are no message of the type that their number says: the message is dropped and counted.</summary>
public sealed class MalformedMessageException : Exception
{
    public MalformedMessageException(string message)
        : base(message)
    {
    }

    public MalformedMessageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
