using LeitherCluster.LoadTests.Benchmarks.Pipeline;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.Tests.LoadTests;

public sealed class MemoryLimitTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("2048", 2_048)]
    public void Asked_ANumberOfMib_IsTaken(string? text, int? mib) => Assert.Equal(mib, MemoryLimit.Asked(_ => text));

    [Theory]
    [InlineData("much")]
    [InlineData("-1")]
    [InlineData("255")]
    [InlineData("99999999999")]
    public void Asked_WhatMakesNoSense_IsRefusedWithWhatWould(string text) =>
        Assert.Contains("256 at the least", Assert.Throws<ScenarioException>(() => MemoryLimit.Asked(_ => text)).Message, StringComparison.Ordinal);
}
