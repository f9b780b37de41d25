using LeitherCluster.Persistence.PostgreSql.Databases;
using Npgsql;

namespace LeitherCluster.Tests.Persistence.PostgreSql.Databases;

public sealed class DatabaseAddressTests
{
    [Theory]
    [InlineData("postgres://host/ledger", "host", 5432, null)]
    [InlineData("postgresql://me@host:6000/ledger", "host", 6000, "me")]
    [InlineData("postgres://me:se%2Fcret@10.0.0.1/ledger?sslmode=verify-full", "10.0.0.1", 5432, "me")]
    [InlineData("postgres://me@/ledger?host=/run/postgresql&port=5433", "/run/postgresql", 5433, "me")]
    [InlineData("postgres://[::1]:5434/ledger", "::1", 5434, null)]
    public void Parse_Address_HasItsParts(string text, string host, int port, string? user)
    {
        var address = DatabaseAddress.Parse(text);
        var parts = new NpgsqlConnectionStringBuilder(Assert.Single(address.ConnectionStrings));
        Assert.Equal((host, port, user, "ledger"), (parts.Host, parts.Port, parts.Username, parts.Database));
        Assert.Equal(address.ConnectionStrings.Count, DatabaseAddress.Parse(address.ToString()).ConnectionStrings.Count);
    }

    [Fact]
    public void Parse_SeveralHosts_HasThemInOrder()
    {
        var address = DatabaseAddress.Parse("postgres://a:1,b,c:3/ledger");
        Assert.Equal(
            [("a", 1), ("b", 5432), ("c", 3)],
            address.ConnectionStrings.Select(text => new NpgsqlConnectionStringBuilder(text)).Select(parts => (parts.Host!, parts.Port)));
    }

    [Fact]
    public void ToString_Password_IsNotShown()
    {
        var address = DatabaseAddress.Parse("postgres://me:sesame@host/ledger?connect_timeout=3");
        Assert.Equal("postgres://me@host/ledger", address.ToString());
        Assert.Equal("sesame", new NpgsqlConnectionStringBuilder(address.ConnectionStrings[0]).Password);
    }

    [Theory]
    [InlineData("http://host/ledger")]
    [InlineData("postgres://host")]
    [InlineData("postgres://host/")]
    [InlineData("postgres://host:0/ledger")]
    [InlineData("postgres://host:sesame/ledger")]
    [InlineData("postgres://me:sesame@host/ledger?sslmode=perhaps")]
    [InlineData("postgres://me:sesame@host/ledger?connect_timeout=-1")]
    [InlineData("postgres://me:sesame@host/ledger?password=x")]
    public void Parse_NoAddress_IsRefusedWithoutThePassword(string text)
    {
        FormatException refusal = Assert.Throws<FormatException>(() => DatabaseAddress.Parse(text));
        Assert.DoesNotContain("me:", refusal.Message, StringComparison.Ordinal);
    }
}
