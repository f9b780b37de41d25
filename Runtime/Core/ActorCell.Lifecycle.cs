namespace LeitherCluster.Runtime.Core;

internal sealed partial class ActorCell
{
    internal void Create()
    {
        if (_state != CellState.Starting)
        {
            return;
        }

        Begin(static actor => actor.Start());
    }

    /// <summary>Stops for good: children first.</summary>
    internal void BeginStop()
    {
        if (_state is CellState.Stopping or CellState.Terminated)
        {
            return;
        }

        _state = CellState.Stopping;
        EndIncarnation();
        if (CloseChildren())
        {
            Terminate();
        }
    }

    /// <summary>Replaces the failed instance: children first.</summary>
    internal void BeginRestart()
    {
        if (_state != CellState.Failed)
        {
            return;
        }

        _state = CellState.Restarting;
        if (CloseChildren())
        {
            Restart();
        }
    }

    internal void OnChildGone()
    {
        if (HasChildren)
        {
            return;
        }

        if (_state == CellState.Stopping)
        {
            Terminate();
        }
        else if (_state == CellState.Restarting)
        {
            Restart();
        }
    }

    private void Begin(Action<Actor> start)
    {
        Incarnation++;
        try
        {
            Actor actor = Props.Factory() ?? throw new InvalidOperationException($"The factory of {Ref.Path} made no actor");
            _actor = actor;
            actor.Bind(this);
            actor.Starting();
            start(actor);
            _state = CellState.Running;
        }
        catch (Exception e) when (e is not HostAbortException)
        {
            Fail(e, null);
        }

        if (IsRunnable)
        {
            Mailbox.Wake();
        }
    }

    private void Fail(Exception exception, object? message)
    {
        if (_state is not (CellState.Running or CellState.Starting or CellState.Restarting))
        {
            return;
        }

        _state = CellState.Failed;
        _failure = (exception, message);
        EndIncarnation();
        if (ParentCell is null)
        {
            Core.OnTopFailed(exception);
        }
        else
        {
            ParentCell.Mailbox.PostSystem(new ChildFailed(this, exception, message));
        }
    }

    /// <summary>The instance gets no message any more: what it had started in time ends with it.</summary>
    private void EndIncarnation()
    {
        _timers.CancelAll();
        _receiveTimeout?.Cancel();
        _receiveTimeout = null;
    }

    private void Restart()
    {
        (Exception reason, object? message) = _failure;
        _failure = default;
        Volatile.Write(ref _restarts, _restarts + 1);
        Core.CountRestart();
        Actor? failed = _actor;
        _actor = null;
        if (failed is not null)
        {
            RunQuietly("PreRestart", () => failed.Replace(reason, message));
        }

        // PreRestart may have left timers behind.
        EndIncarnation();
        OpenChildren();
        Begin(actor => actor.StartAgain(reason));
    }

    private void Terminate()
    {
        Actor? actor = _actor;
        if (actor is not null)
        {
            RunQuietly("PostStop", actor.End);
        }

        EndIncarnation();
        _actor = null;
        _state = CellState.Terminated;
        Core.Register.Remove(this);
        ParentCell?.RemoveChild(this);
        NotifyWatchers();
        DrainToDeadLetters();
        if (ParentCell is null)
        {
            Core.OnTopTerminated();
        }
    }

    private void RunQuietly(string step, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is not HostAbortException)
        {
            Log.Write(ActorLogLevel.Error, $"{step} threw", e);
        }
    }
}
