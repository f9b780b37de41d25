using LeitherCluster.Remoting.Wire;
using LeitherCluster.Runtime;

namespace LeitherCluster.Remoting.Peers;

/// <summary>From a frame to a mailbox.</summary>
internal sealed partial class InboundConnection
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(16);

    /// <summary>A message that its mailbox has no room for now.</summary>
    private readonly record struct Undelivered(object? Message, LocalTarget? Target, IActorRef? Sender);

    /// <summary>Reads a message and puts it into its mailbox.</summary>
    /// <param name="waiting">set when the mailbox is full</param>
    private FrameFault Deliver(in FrameHeader header, out Undelivered waiting)
    {
        waiting = default;
        if (!TryNames(header, out LocalTarget? target, out IActorRef? sender))
        {
            return FrameFault.WrongName;
        }

        if (!TryReadMessage(header.Type, out object? message, out FrameFault fault))
        {
            return fault;
        }

        if (target is null)
        {
            Answer(header.Target & ~FrameHeader.QuestionBit, message!, sender);
            return FrameFault.None;
        }

        if (Offer(target, message!, sender) == OfferOutcome.Full)
        {
            waiting = new Undelivered(message, target, sender);
        }

        return FrameFault.None;
    }

    /// <summary>Who is meant and who sent. No target: the answer to a question.</summary>
    private bool TryNames(in FrameHeader header, out LocalTarget? target, out IActorRef? sender)
    {
        target = null;
        sender = null;
        if ((header.Target & FrameHeader.QuestionBit) == 0)
        {
            target = _names.Find(header.Target)?.Target;
            if (target is null)
            {
                return false;
            }
        }

        if ((header.Sender & FrameHeader.QuestionBit) != 0)
        {
            sender = _peer.RefTo(_core.QuestionPath, header.Sender);
            return true;
        }

        sender = header.Sender == 0 ? null : _names.Find(header.Sender)?.Sender;
        return header.Sender == 0 || sender is not null;
    }

    private bool TryReadMessage(uint type, out object? message, out FrameFault fault)
    {
        message = null;
        fault = FrameFault.None;
        if (!_core.Codecs.TryFind(type, out IMessageCodec? codec))
        {
            _core.NoteUnknown();
            return false;
        }

        try
        {
            message = codec.Read(_reader.Body);
            return true;
        }
        catch (MalformedMessageException)
        {
            _core.NoteMalformed();
        }
        catch (Exception e)
        {
            // A bug in the codec must not end more than this connection, and must be seen.
            fault = FrameFault.ReaderFailed;
            _core.System.EventStream.Publish(new LogEntry(
                ActorLogLevel.Error,
                _core.Root,
                $"Reading a {codec.MessageType.Name} from {_peer.Id} threw",
                e,
                _core.System.Clock.UtcNowMs));
        }

        return false;
    }

    /// <summary>Offers a message to whoever is at its path now. What nobody takes becomes a dead letter, unless a mailbox is full.</summary>
    private OfferOutcome Offer(LocalTarget target, object message, IActorRef? sender)
    {
        OfferOutcome outcome = target.Find() is { } actor ? actor.Offer(message, sender) : OfferOutcome.Stopped;
        if (outcome == OfferOutcome.Stopped)
        {
            outcome = target.FindAgain() is { } another ? another.Offer(message, sender) : OfferOutcome.Stopped;
        }

        switch (outcome)
        {
            case OfferOutcome.Taken:
                target.IsStuck = false;
                break;
            case OfferOutcome.Stopped:
                PublishDeadLetter(target, message, sender, DeadLetterReason.Stopped);
                break;
            case OfferOutcome.Full when target.IsStuck:
                PublishDeadLetter(target, message, sender, DeadLetterReason.MailboxFull);
                return OfferOutcome.Taken;
        }

        return outcome;
    }

    /// <summary>Offers again until there is room; reads nothing meanwhile. After the lane's limit the message becomes a dead letter.</summary>
    private async Task WaitForRoomAsync(Undelivered waiting, CancellationToken over)
    {
        _counters.NotePushedBack();
        long beganTicks = _core.System.Clock.MonotonicTicks;
        TimeSpan wait = s_firstWait;
        try
        {
            do
            {
                await Task.Delay(wait, over).ConfigureAwait(false);
                wait = wait * 2 < s_longestWait ? wait * 2 : s_longestWait;
                waiting.Target!.IsStuck = _core.System.Clock.MonotonicTicks - beganTicks > _limits.MailboxWaitMax.Ticks;
            }
            while (Offer(waiting.Target, waiting.Message!, waiting.Sender) == OfferOutcome.Full);
        }
        catch (OperationCanceledException)
        {
            (waiting.Message as IReleasable)?.Release();
            throw;
        }
    }

    private void Answer(ulong question, object message, IActorRef? sender)
    {
        if (_core.Questions.Take(question) is { } asker && asker.TryTell(message, sender))
        {
            return;
        }

        _core.NoteTooLate();
        (message as IReleasable)?.Release();
    }

    private void PublishDeadLetter(LocalTarget target, object message, IActorRef? sender, DeadLetterReason reason)
        => _core.System.DeadLetters.Tell(new DeadLetter(message, sender ?? ActorRefs.Nobody, new LocalTargetRef(_core, target), reason));
}
