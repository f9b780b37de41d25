namespace LeitherCluster.Runtime.Journaling;

/// <summary>One thing asked of a journal's reading half.</summary>
internal abstract record ReadRequest(StreamId Stream, IActorRef ReplyTo, object? Tag);

internal sealed record BlockRequest(BlockKey Key, IActorRef ReplyTo, object? Tag) : ReadRequest(Key.Stream, ReplyTo, Tag);

internal sealed record SnapshotRequest(StreamId Stream, ulong AtMostTimeSequence, IActorRef ReplyTo, object? Tag) : ReadRequest(Stream, ReplyTo, Tag);

internal sealed record ReplayRequest(StreamId Stream, ReplayPosition After, IActorRef ReplyTo, object? Tag) : ReadRequest(Stream, ReplyTo, Tag);

internal sealed record SnapshotToSave(SnapshotKey Key, JournalBuffer Body, IActorRef ReplyTo) : ReadRequest(Key.Stream, ReplyTo, null);

/// <summary>The reading half of a journal driver, which also stores snapshots. One caller at a time.</summary>
internal sealed class JournalReader(IJournalStore store, JournalBufferPool buffers, JournalOptions options)
{
    public void Handle(ReadRequest request)
    {
        switch (request)
        {
            case SnapshotToSave save:
                Save(save);
                break;
            case BlockRequest block:
                Answering(block, ReadBlock);
                break;
            case SnapshotRequest snapshot:
                Answering(snapshot, ReadSnapshot);
                break;
            case ReplayRequest replay:
                Answering(replay, Replay);
                break;
            default:
                throw new InvalidOperationException($"Unknown read request {request}");
        }
    }

    private static void Answering<TRequest>(TRequest request, Action<TRequest> read)
        where TRequest : ReadRequest
    {
        try
        {
            read(request);
        }
        catch (JournalCorruptException e)
        {
            request.ReplyTo.Tell(new ReplayFailed(request.Stream, JournalOutcome.Corrupt, e.Message, request.Tag));
        }
        catch (Exception e) when (e is IOException or JournalBuffersExhaustedException)
        {
            request.ReplyTo.Tell(new ReplayFailed(request.Stream, JournalOutcome.Unavailable, e.Message, request.Tag));
        }
    }

    private void ReadBlock(BlockRequest request)
    {
        JournalBuffer body = buffers.Rent(0);
        if (Into(body, () => store.TryRead(request.Key, body)))
        {
            request.ReplyTo.Tell(new BlockRead(request.Key, body, request.Tag));
        }
        else
        {
            request.ReplyTo.Tell(new BlockAbsent(request.Key, request.Tag));
        }
    }

    private void ReadSnapshot(SnapshotRequest request)
    {
        JournalBuffer body = buffers.Rent(0);
        SnapshotKey key = default;
        if (Into(body, () => store.TryLoadSnapshot(request.Stream, request.AtMostTimeSequence, body, out key)))
        {
            request.ReplyTo.Tell(new SnapshotRead(key, body, request.Tag));
        }
        else
        {
            request.ReplyTo.Tell(new SnapshotAbsent(request.Stream, request.Tag));
        }
    }

    /// <summary>Runs a read into a rented buffer and gives the buffer back unless it was filled.</summary>
    private static bool Into(JournalBuffer body, Func<bool> read)
    {
        bool found = false;
        try
        {
            found = read();
            return found;
        }
        finally
        {
            if (!found)
            {
                body.Release();
            }
        }
    }

    private void Replay(ReplayRequest request)
    {
        Page page = new(request, options);
        try
        {
            store.Replay(request.Stream, page.AfterBeat, ulong.MaxValue, page);
        }
        catch (JournalBuffersExhaustedException) when (page.Blocks > 0)
        {
            // The receiver still holds what it was sent; it asks for the rest when it has handled that.
            page.IsCut = true;
        }

        request.ReplyTo.Tell(page.IsCut
            ? new ReplayPaused(request.Stream, page.Position, request.Tag)
            : new ReplayCompleted(request.Stream, page.Blocks == 0 ? 0 : page.Position.Beat, request.Tag));
    }

    private void Save(SnapshotToSave save)
    {
        JournalOutcome outcome;
        string reason = "";
        try
        {
            outcome = store.SaveSnapshot(save.Key, save.Body);
        }
        catch (IOException e)
        {
            outcome = JournalOutcome.Unavailable;
            reason = e.Message;
        }
        finally
        {
            save.Body.Release();
        }

        save.ReplyTo.Tell(outcome is JournalOutcome.Ok or JournalOutcome.Duplicate
            ? new SnapshotSaved(save.Key)
            : new SnapshotFailed(save.Key, outcome, reason.Length > 0 ? reason : $"The journal answered {outcome}"));
    }

    /// <summary>Sends blocks on until the page is full. Within the first beat it skips what an earlier page had.</summary>
    private sealed class Page(ReplayRequest request, JournalOptions options) : IBlockSink
    {
        private long _bytes;

        public ulong AfterBeat => request.After.Kind == byte.MaxValue || request.After.Beat == 0 ? request.After.Beat : request.After.Beat - 1;

        public int Blocks { get; private set; }

        public ReplayPosition Position { get; private set; } = request.After;

        public bool IsCut { get; set; }

        public bool OnBlock(JournalBlock block)
        {
            if (block.Key.Beat == request.After.Beat && block.Key.Kind <= request.After.Kind)
            {
                block.Body.Release();
                return true;
            }

            _bytes += block.Body.Length;
            Blocks++;
            Position = new ReplayPosition(block.Key.Beat, block.Key.Kind);
            request.ReplyTo.Tell(new ReplayedBlock(block, request.Tag));
            IsCut = Blocks >= options.ReplayPageBlocksMax || _bytes >= options.ReplayPageBytesMax;
            return !IsCut;
        }
    }
}
