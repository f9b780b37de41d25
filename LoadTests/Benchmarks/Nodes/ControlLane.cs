using System.Diagnostics;
using LeitherCluster.Runtime;

namespace LeitherCluster.LoadTests.Benchmarks.Nodes;

/// <summary>Small messages to another node, each answered by one of the same size, so many under way at a time.</summary>
internal static class ControlLane
{
    /// <summary>Bytes of a message and of its answer.</summary>
    public const int MessageBytes = 100;

    /// <summary>Messages that wait for their answer at a time.</summary>
    public const int UnderWay = 1_000;

    /// <summary>Messages a second that were answered.</summary>
    public static double AnsweredPerSecond(NodePair nodes, int messages, int run)
    {
        using ManualResetEventSlim done = new();
        IActorRef echo = nodes.SecondSystem.Spawn(Props.Create(static () => new Echo()), $"echo-{run}");
        IActorRef remote = nodes.RefToSecond(echo);
        IActorRef asker = nodes.FirstSystem.Spawn(Props.Create(() => new Asker(remote, messages, done)), $"asker-{run}");
        long start = Stopwatch.GetTimestamp();
        asker.Tell(Asker.Begin);
        done.Wait();
        double perSecond = messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
        nodes.FirstSystem.Stop(asker);
        nodes.SecondSystem.Stop(echo);
        return perSecond;
    }

    private sealed class Echo : Actor
    {
        protected override void Receive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Asker(IActorRef remote, int messages, ManualResetEventSlim done) : Actor
    {
        public static readonly object Begin = new();

        private readonly SmallMessage _message = new(new byte[MessageBytes]);
        private int _asked;
        private int _answered;

        protected override void Receive(object message)
        {
            if (ReferenceEquals(message, Begin))
            {
                while (_asked < Math.Min(UnderWay, messages))
                {
                    Ask();
                }
            }
            else if (++_answered == messages)
            {
                done.Set();
            }
            else if (_asked < messages)
            {
                Ask();
            }
        }

        private void Ask()
        {
            remote.Tell(_message, Self);
            _asked++;
        }
    }
}
