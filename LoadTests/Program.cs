using System.CommandLine;
using LeitherCluster.LoadTests;
using LeitherCluster.LoadTests.Benchmarks.Hashing;
using LeitherCluster.LoadTests.Benchmarks.Http;
using LeitherCluster.LoadTests.Benchmarks.Signatures;

var root = new RootCommand("Benchmarks of LeitherCluster: what its parts reach on this machine, beside what the machine allows.")
{
    BenchCommand.Create(),
    HashProbe.CreateCommand(),
    KestrelSink.CreateCommand(),
    SignatureProbe.CreateCommand(),
};
return root.Parse(args).Invoke();
