using System.Text.Json;
using LeitherCluster.Actors;
using LeitherCluster.Actors.Pulses;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Ledger.Branches;
using LeitherCluster.Ledger.Statements;
using LeitherCluster.Ledger.Transfers;
using LeitherCluster.Ledger.Values;
using LeitherCluster.Persistence.Files;
using LeitherCluster.Runtime.Journaling;

namespace LeitherCluster.Hosting.Journals;

/// <summary>Writes a journal readably, a line a block, or as one JSON object a line; with transfers, a line for each of those too.</summary>
internal sealed class JournalDump(TextWriter output, OutputFormat format, bool showsTransfers, int decimals) : IJournalVisitor
{
    public void OnGroup(InspectedGroup group) => Write(
        $"group {group.Number}: beat {new BeatNumber(group.Mark.Beat)}, {group.BlockCount} blocks, {group.Length} bytes at {group.File}:{group.Offset}",
        writer =>
        {
            writer.WriteNumber("group", group.Number);
            writer.WriteString("beat", new BeatNumber(group.Mark.Beat).ToString());
            writer.WriteNumber("blocks", group.BlockCount);
            writer.WriteNumber("bytes", group.Length);
            writer.WriteString("file", group.File);
            writer.WriteNumber("offset", group.Offset);
        });

    public void OnSnapshot(SnapshotKey key, string file, ReadOnlySpan<byte> body)
    {
        int length = body.Length;
        Write(
            $"snapshot of {key.Stream} as of pulse {key.TimeSequence}: {length} bytes in {file}",
            writer =>
            {
                writer.WriteString("snapshot", file);
                writer.WriteString("stream", key.Stream.ToString());
                writer.WriteNumber("sequence", key.TimeSequence);
                writer.WriteNumber("bytes", length);
            });
    }

    public void OnBlock(InspectedBlock block, ReadOnlySpan<byte> body)
    {
        switch (block.Key.Kind)
        {
            case LedgerStreams.SealedBlock when WindowBlock.TryRead(body, out WindowBlock window):
                WriteWindow(block, window, WindowBlock.HashOf(body).ToString());
                WriteTransfers(body[WindowBlock.SizeBytes..^WindowBlock.CertificateBytes]);
                break;
            case LedgerStreams.PulseBlock when PulseBlock.TryRead(body, out PulseBlock? pulse):
                WritePulse(pulse!);
                break;
            default:
                WriteOther(block);
                break;
        }
    }

    private void WriteWindow(InspectedBlock block, WindowBlock window, string hash) => Write(
        $"  window of branch {window.Branch}, pulse {window.Sequence}, {window.At}: {window.Frames} frames, {window.Leaves} transfers, issued {new Amount(window.Issued).ToString(decimals)}, {block.Length} bytes, hash {hash}",
        writer =>
        {
            writer.WriteNumber("windowOfBranch", window.Branch);
            writer.WriteNumber("sequence", window.Sequence.Value);
            writer.WriteString("beat", window.Beat.ToString());
            writer.WriteString("at", window.At.ToString());
            writer.WriteNumber("frames", window.Frames);
            writer.WriteNumber("transfers", window.Leaves);
            writer.WriteString("issued", new Amount(window.Issued).ToString(decimals));
            writer.WriteString("hash", hash);
            writer.WriteString("previous", window.Previous.ToString());
        });

    private void WritePulse(PulseBlock pulse)
    {
        RootStatement statement = pulse.Statement.Statement;
        Write(
            $"  pulse {statement.TimeSequence}, {statement.Timestamp}: root {statement.Root}, supply {statement.Sum.ToString(decimals)}, {pulse.Entries.Count} branches",
            writer =>
            {
                writer.WriteNumber("pulse", statement.TimeSequence.Value);
                writer.WriteNumber("branches", pulse.Entries.Count);
                writer.WritePropertyName("statement");
                StatementJson.Write(writer, pulse.Statement);
            });
    }

    private void WriteOther(InspectedBlock block) => Write(
        $"  block {block.Key}: {block.Length} bytes",
        writer =>
        {
            writer.WriteString("block", block.Key.ToString());
            writer.WriteNumber("bytes", block.Length);
        });

    private void WriteTransfers(ReadOnlySpan<byte> frames)
    {
        while (showsTransfers && !frames.IsEmpty)
        {
            var frame = new TransferFrame(frames);
            frames = frames[frame.LengthBytes..];
            string id = TransferIds.Compute(frame).ToString();
            if (format == OutputFormat.Json)
            {
                byte[] json = Api.JsonText.BytesOf(Writer(frame));
                output.WriteLine($"{{\"transfer\":\"{id}\",\"body\":{System.Text.Encoding.UTF8.GetString(json)}}}");
            }
            else
            {
                ref readonly TransferBody body = ref frame.Body;
                output.WriteLine($"    {id} {body.Kind} {body.Amount.ToString(decimals)} from {body.Sender}{(body.Receiver.IsZero ? $", {body.ItemNumber} items" : $" to {body.Receiver}")}, nonce {body.Nonce}");
            }
        }

        // A frame cannot be captured: it is copied for the writer.
        static Action<Utf8JsonWriter> Writer(TransferFrame frame)
        {
            byte[] bytes = frame.Bytes.ToArray();
            return writer => TransferJson.Write(writer, new TransferFrame(bytes));
        }
    }

    private void Write(string line, Action<Utf8JsonWriter> json)
    {
        if (format == OutputFormat.Text)
        {
            output.WriteLine(line);
            return;
        }

        byte[] value = Api.JsonText.BytesOf(writer =>
        {
            writer.WriteStartObject();
            json(writer);
            writer.WriteEndObject();
        });
        output.WriteLine(System.Text.Encoding.UTF8.GetString(value));
    }
}
