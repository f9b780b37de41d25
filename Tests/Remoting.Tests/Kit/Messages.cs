using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Tests.Remoting.Kit;

/// <summary>A message for tests: a number, and so many bytes more.</summary>
internal sealed record Numbered(int Number, string Text = "") : IWireMessage;

/// <summary>The answer to a <see cref="Numbered"/>.</summary>
internal sealed record Answered(int Number) : IWireMessage, IControlMessage;

/// <summary>A large message that keeps the bytes that it came in.</summary>
internal sealed class Load(int number, PooledBytes? owned, ReadOnlyMemory<byte> bytes) : IBulkMessage, IReleasable
{
    public int Number { get; } = number;

    public ReadOnlyMemory<byte> Bytes => owned?.Memory[sizeof(int)..] ?? bytes;

    public int Released { get; private set; }

    public void Release()
    {
        Released++;
        owned?.Return();
    }
}

/// <summary>A message that no codec knows.</summary>
internal sealed record Unwritten : IWireMessage;

/// <summary>A message whose codec writes what its reader does not take, or fails at.</summary>
internal sealed record Unreadable(bool IsBug) : IWireMessage;

internal static class TestCodecs
{
    public static MessageCodecs All { get; } = new([new NumberedCodec(), new AnsweredCodec(), new LoadCodec(), new UnreadableCodec()]);

    /// <summary>As an older program would have them.</summary>
    public static MessageCodecs WithoutNumbered { get; } = new([new AnsweredCodec(), new LoadCodec()]);

    private static void Append(IBufferWriter<byte> output, int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(sizeof(int)), number);
        output.Advance(sizeof(int));
    }

    private static int Number(MessageBody body)
        => body.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(body.Span) : throw new MalformedMessageException("too short");

    private sealed class NumberedCodec() : MessageCodec<Numbered>(1)
    {
        public override void Write(Numbered message, IBufferWriter<byte> output)
        {
            Append(output, message.Number);
            Encoding.UTF8.GetBytes(message.Text, output);
        }

        public override Numbered Read(MessageBody body) => new(Number(body), Encoding.UTF8.GetString(body.Span[sizeof(int)..]));
    }

    private sealed class AnsweredCodec() : MessageCodec<Answered>(2)
    {
        public override void Write(Answered message, IBufferWriter<byte> output) => Append(output, message.Number);

        public override Answered Read(MessageBody body) => new(Number(body));
    }

    private sealed class LoadCodec() : MessageCodec<Load>(3)
    {
        public override void Write(Load message, IBufferWriter<byte> output)
        {
            Append(output, message.Number);
            output.Write(message.Bytes.Span);
        }

        public override Load Read(MessageBody body)
        {
            int number = Number(body);
            return new Load(number, body.TakeOver(), default);
        }
    }

    private sealed class UnreadableCodec() : MessageCodec<Unreadable>(4)
    {
        public override void Write(Unreadable message, IBufferWriter<byte> output) => Append(output, message.IsBug ? 1 : 0);

        public override Unreadable Read(MessageBody body)
            => Number(body) == 1 ? throw new InvalidOperationException("a bug") : throw new MalformedMessageException("never readable");
    }
}
