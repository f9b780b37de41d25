using System.Diagnostics;
using System.Threading.Channels;
using LeitherCluster.Runtime;
using LeitherCluster.Runtime.Local;

namespace LeitherCluster.LoadTests.Benchmarks.Nodes;

/// <summary>One producer and one consumer on two threads: through an actor's mailbox, and through the framework's bounded channel.</summary>
internal static class LocalTell
{
    private const int Capacity = 4_096;

    /// <summary>Messages a second that an actor gets from one that tells as fast as it is let.</summary>
    public static double TellPerSecond(int messages)
    {
        LocalActorSystem system = new(new LocalActorSystemOptions { Name = "tell" });
        try
        {
            using ManualResetEventSlim done = new();
            IActorRef counter = system.Spawn(Props.Create(() => new Counter(messages, done)) with { Mailbox = new MailboxOptions { Capacity = Capacity } }, "counter");
            object message = new();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < messages; i++)
            {
                SpinWait wait = default;
                while (!counter.TryTell(message))
                {
                    wait.SpinOnce(sleep1Threshold: -1);
                }
            }

            done.Wait();
            return messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        finally
        {
            system.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Messages a second through a bounded channel with one reader, read and counted one by one.</summary>
    public static double ChannelPerSecond(int messages)
    {
        Channel<object> channel = Channel.CreateBounded<object>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        object message = new();
        Task reading = Task.Run(() => ReadAsync(channel.Reader, messages));
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < messages; i++)
        {
            SpinWait wait = default;
            while (!channel.Writer.TryWrite(message))
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }

        reading.GetAwaiter().GetResult();
        return messages / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ReadAsync(ChannelReader<object> reader, int messages)
    {
        int got = 0;
        while (got < messages && await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out _))
            {
                got++;
            }
        }
    }

    private sealed class Counter(int messages, ManualResetEventSlim done) : Actor
    {
        private int _got;

        protected override void Receive(object message)
        {
            if (++_got == messages)
            {
                done.Set();
            }
        }
    }
}
