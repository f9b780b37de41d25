using System.Buffers;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using LeitherCluster.Actors.Branches;
using LeitherCluster.Actors.Ingresses;
using LeitherCluster.Actors.Nodes;
using LeitherCluster.Actors.Places;
using LeitherCluster.Cluster;
using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Tests.Cluster;

/// <summary>The bytes of every message that goes between nodes.</summary>
public sealed partial class ClusterMessagesTests
{
    private static readonly MessageCodecs s_codecs = ClusterMessages.Codecs;

    [Fact]
    public void WireMessage_OfAnyAssembly_HasACodec()
    {
        Type[] messages =
        [
            .. new[] { typeof(IWireMessage).Assembly, typeof(LayoutChanged).Assembly, typeof(ClusterMessages).Assembly }
                .SelectMany(assembly => assembly.GetTypes())
                .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IWireMessage))),
        ];

        Assert.Equal(messages.Select(type => type.FullName).Order(StringComparer.Ordinal), s_codecs.All.Select(codec => codec.MessageType.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Samples_Drawn_AreOfEveryType()
        => Assert.Equal(s_codecs.All.Select(codec => codec.MessageType).ToHashSet(), new MessageSamples(1).All.Select(message => message.GetType()).ToHashSet());

    [Fact]
    public void Message_Any_ReadsBackAsItWas()
        => Prop.ForAll<int>(seed =>
        {
            foreach (IWireMessage message in new MessageSamples(seed).All)
            {
                byte[] bytes = Write(message);
                object read = Read(message.GetType(), bytes);
                AssertSame(message, read);
                Assert.Equal(bytes, Write(read));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_Mutated_ReadAsAMessageOrAreMalformed()
        => Prop.ForAll<int>(seed =>
        {
            Random random = new(seed);
            foreach (IWireMessage message in new MessageSamples(seed).All)
            {
                byte[] bytes = Mutated(Write(message), random);
                try
                {
                    Assert.IsType(message.GetType(), Read(message.GetType(), bytes));
                }
                catch (MalformedMessageException)
                {
                    // The one thing that may be thrown.
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_Random_ReadAsAMessageOrAreMalformed()
    {
        Random random = new(42);
        int malformed = 0;
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            foreach (IMessageCodec codec in s_codecs.All)
            {
                try
                {
                    Read(codec.MessageType, bytes);
                }
                catch (MalformedMessageException)
                {
                    malformed++;
                }
            }
        }

        Assert.True(malformed > 1000, $"{malformed}");
    }

    [Fact]
    public void Field_OfALaterVersion_IsSkipped()
    {
        // Field 15, a number: no message here has one.
        byte[] bytes = [.. Write(new LayoutChanged(7)), 0x78, 0x05];

        Assert.Equal(new LayoutChanged(7), Read(typeof(LayoutChanged), bytes));
    }

    [Fact]
    public void Question_WithAQuestionInside_IsMalformed()
    {
        byte[] inner = Write(new Question(1, null, new FindPlace(default, null)));
        byte[] outer = Write(new Question(2, null, new FindPlace(default, null)));

        // The inner type is FindPlace's number, one byte; then the body, longer than it was.
        int type = Array.LastIndexOf(outer, (byte)79);
        byte[] nested = [.. outer[..type], 67, 0x22, (byte)inner.Length, .. inner];

        Assert.Throws<MalformedMessageException>(() => Read(typeof(Question), nested));
        Assert.IsType<Question>(Read(typeof(Question), outer));
    }

    [Fact]
    public void Numbers_OfTheProtocol_AreThoseOfTheCodecs()
    {
        string document = File.ReadAllText(Path.Combine(Root(), "docs", "PROTOCOL.md"));
        IEnumerable<string> written = NumberRow().Matches(document).Select(row => $"{row.Groups["number"].Value} {row.Groups["name"].Value}");

        Assert.Equal(s_codecs.All.Select(codec => $"{codec.Number} {codec.MessageType.Name}"), written);
    }

    private static byte[] Write(object message)
    {
        ArrayBufferWriter<byte> bytes = new();
        s_codecs.For(message.GetType()).Write(message, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static object Read(Type type, byte[] bytes) => s_codecs.For(type).Read(MessageBody.Of(bytes));

    private static void AssertSame(IWireMessage expected, object actual)
    {
        if (expected is SectionsOffered sections)
        {
            SectionsOffered read = Assert.IsType<SectionsOffered>(actual);
            Assert.Equal((sections.Term, sections.Beat, sections.From), (read.Term, read.Beat, read.From));
            Assert.True(sections.Sections.Span.SequenceEqual(read.Sections.Span));
        }
        else if (expected is SlicesForwarded slices)
        {
            SlicesForwarded read = Assert.IsType<SlicesForwarded>(actual);
            Assert.Equal((slices.From, slices.Number), (read.From, read.Number));
            Assert.Equal(slices.Runs, read.Runs);
            Assert.True(slices.Ids.Span.SequenceEqual(read.Ids.Span) && slices.Frames.Span.SequenceEqual(read.Frames.Span));
        }
        else if (expected is BranchTransfer { Evidence: { } evidence } transfer)
        {
            BranchTransfer read = Assert.IsType<BranchTransfer>(actual);
            Assert.Equal((evidence.Form, evidence.Id), (read.Evidence!.Form, read.Evidence.Id));
            Assert.True(evidence.Bytes.SequenceEqual(read.Evidence.Bytes));
            Assert.Equivalent(transfer.Path, read.Path, strict: true);
        }
        else
        {
            Assert.Equivalent(expected, actual, strict: true);
        }
    }

    private static byte[] Mutated(byte[] bytes, Random random)
    {
        List<byte> changed = [.. bytes];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(changed.Count + 1);
            switch (random.Next(4))
            {
                case 0 when at < changed.Count:
                    changed[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < changed.Count:
                    changed.RemoveRange(at, random.Next(1, changed.Count - at + 1));
                    break;
                case 2:
                    changed.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    changed.AddRange(changed.ToArray());
                    break;
            }
        }

        return [.. changed];
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "LeitherCluster.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("no LeitherCluster.sln above the tests");
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \| `(?<name>[A-Z]\w+)` \|", RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex NumberRow();
}
