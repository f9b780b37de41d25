namespace LeitherCluster.Runtime.Core;

/// <summary>Children by name, and linked in the order of their spawning. Guarded by a lock: the guardian's come from any thread.</summary>
internal sealed partial class ActorCell
{
    private readonly Lock _childrenGate = new();
    private Dictionary<string, ActorCell>? _children;
    private ActorCell? _firstChild;
    private ActorCell? _lastChild;
    private ActorCell? _previousSibling;
    private ActorCell? _nextSibling;
    private bool _childrenClosed;

    private bool HasChildren
    {
        get
        {
            lock (_childrenGate)
            {
                return _firstChild is not null;
            }
        }
    }

    /// <summary>From any thread.</summary>
    public LocalRef SpawnChild(Props props, string name)
    {
        ArgumentNullException.ThrowIfNull(props);
        ActorPath path = Ref.Path.Child(name);
        ActorCell child;
        lock (_childrenGate)
        {
            if (_childrenClosed)
            {
                throw new InvalidOperationException($"{Ref.Path} is stopping and takes no child '{name}'");
            }

            if (_children is not null && _children.ContainsKey(name))
            {
                throw new InvalidActorNameException($"{Ref.Path} has a child '{name}' already");
            }

            // In the register before it is in the tree: whoever finds it there may stop it at once.
            child = new ActorCell(Core, this, props, path);
            Core.Register.Add(child);
            Link(name, child);
        }

        child.Mailbox.PostSystem(new CreateActor());
        return child.Ref;
    }

    /// <summary>From any thread.</summary>
    public LocalRef? FindChild(string name)
    {
        lock (_childrenGate)
        {
            return _children is not null && _children.TryGetValue(name, out ActorCell? child) ? child.Ref : null;
        }
    }

    /// <summary>From any thread.</summary>
    public ActorCell[] ChildCells()
    {
        lock (_childrenGate)
        {
            ActorCell[] cells = new ActorCell[_children?.Count ?? 0];
            int i = 0;
            for (ActorCell? child = _firstChild; child is not null; child = child._nextSibling)
            {
                cells[i++] = child;
            }

            return cells;
        }
    }

    /// <summary>Called by the child's own turn when it has terminated; the parent hears of it by message.</summary>
    private void RemoveChild(ActorCell child)
    {
        lock (_childrenGate)
        {
            Unlink(child);
        }

        Mailbox.PostSystem(new ChildGone());
    }

    /// <summary>Takes no more children and stops those there are. True when there are none.</summary>
    private bool CloseChildren()
    {
        lock (_childrenGate)
        {
            _childrenClosed = true;
        }

        ActorCell[] children = ChildCells();
        foreach (ActorCell child in children)
        {
            child.Mailbox.PostSystem(new StopActor());
        }

        return children.Length == 0;
    }

    private void OpenChildren()
    {
        lock (_childrenGate)
        {
            _childrenClosed = false;
        }
    }

    private void Link(string name, ActorCell child)
    {
        _children ??= new Dictionary<string, ActorCell>(StringComparer.Ordinal);
        _children.Add(name, child);
        child._previousSibling = _lastChild;
        if (_lastChild is null)
        {
            _firstChild = child;
        }
        else
        {
            _lastChild._nextSibling = child;
        }

        _lastChild = child;
    }

    private void Unlink(ActorCell child)
    {
        if (!_children!.Remove(child.Ref.Path.Name))
        {
            return;
        }

        if (child._previousSibling is null)
        {
            _firstChild = child._nextSibling;
        }
        else
        {
            child._previousSibling._nextSibling = child._nextSibling;
        }

        if (child._nextSibling is null)
        {
            _lastChild = child._previousSibling;
        }
        else
        {
            child._nextSibling._previousSibling = child._previousSibling;
        }

        child._previousSibling = null;
        child._nextSibling = null;
    }
}
