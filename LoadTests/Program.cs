using System.CommandLine;
using System.Runtime.InteropServices;
using LeitherCluster.LoadTests;
using LeitherCluster.LoadTests.Benchmarks.Hashing;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Benchmarks.Signatures;

var root = new RootCommand("Load tests of LeitherCluster: scenarios with an audit and a report, and benchmarks of its parts beside what the machine allows.")
{
    RunCommand.Create(),
    ReportCommands.CreateCompare(),
    ReportCommands.CreateList(),
    SimulateCommand.Create(),
    BenchCommand.CreatePeers(),
    BenchCommand.Create(),
    HashProbe.CreateCommand(),
    KestrelSink.CreateCommand(),
    GenerateCommand.Create(),
    SignatureProbe.CreateCommand(),
};

// A run that is interrupted, or whose terminal is closed, still ends what is under way, audits it and writes its report.
using var stopping = new CancellationTokenSource();
using PosixSignalRegistration closed = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
{
    context.Cancel = true;
    stopping.Cancel();
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(10) }, stopping.Token);
