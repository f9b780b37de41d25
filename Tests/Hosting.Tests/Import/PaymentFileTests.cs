using System.Text;
using LeitherCluster.Hosting.Commands;
using LeitherCluster.Hosting.Import;
using LeitherCluster.Ledger.Values;

namespace LeitherCluster.Tests.Hosting.Import;

public sealed class PaymentFileTests
{
    [Fact]
    public void Parse_PlainLines_GivesOrdersAndNames()
    {
        PaymentFile file = Parse("from,to,amount,reference\nann,bob,245.20,order-1\nbob,ann,0.01,\n");

        Assert.Equal(["ann", "bob"], file.Names);
        Assert.Equal([new PaymentOrder(0, 1, new Amount(24_520), "245.20", "order-1"), new PaymentOrder(1, 0, new Amount(1), "0.01", "")], file.Orders);
        Assert.Equal(64, file.Digest.Length);
    }

    [Fact]
    public void Parse_AmountWithoutWholePart_ReadsItAsZeroPoint() =>
        Assert.Equal(new Amount(80), Parse("from,to,amount\nann,bob,.80\n").Orders[0].Amount);

    [Fact]
    public void Parse_ColumnsInAnotherOrderWithByteOrderMarkAndCrLf_GivesTheSame()
    {
        byte[] bytes = [.. Encoding.UTF8.Preamble, .. "Amount,Note,To,From\r\n1.5,x,bob,ann\r\n\r\n"u8];

        PaymentFile file = PaymentFile.Parse(bytes, decimals: 2, "f.csv");

        Assert.Equal(["ann", "bob"], file.Names);
        Assert.Equal([new PaymentOrder(0, 1, new Amount(150), "1.5", "")], file.Orders);
    }

    [Fact]
    public void Parse_QuotedFields_KeepsCommasQuotesAndLineEnds()
    {
        PaymentFile file = Parse("from,to,amount,reference\n\"ann, \"\"the payer\"\"\",bob,1,\"two\nlines\"\nbob,\"\u00e9va\",2,\n");

        Assert.Equal(["ann, \"the payer\"", "bob", "\u00e9va"], file.Names);
        Assert.Equal("two\nlines", file.Orders[0].Reference);
    }

    [Theory]
    [InlineData("from,to,amount\na,b,1.234\n", "line 2: amount '1.234'")]
    [InlineData("from,to,amount\na,b,1\na,b,-1\n", "line 3: amount '-1'")]
    [InlineData("from,to,amount\na,b,1e3\n", "line 2: amount '1e3'")]
    [InlineData("from,to,amount\na,b, 1\n", "line 2: amount ' 1'")]
    [InlineData("from,to,amount\na,b,0.00\n", "line 2: amount is zero")]
    [InlineData("from,to,amount\na,b,.\n", "line 2: amount '0.'")]
    [InlineData("from,to,amount\na,b,184467440737095516.16\n", "line 2: amount")]
    [InlineData("from,to,amount\na,b\n", "line 2: 2 fields where the header has 3")]
    [InlineData("from,to,amount\n,b,1\n", "line 2: 'from' must be a name")]
    [InlineData("from,to,amount,reference\na,b,1,0123456789abcdefg\n", "line 2: reference")]
    [InlineData("from,to,amount\n\"a,b,1\n", "line 2: a quoted field is never closed")]
    [InlineData("from,to,amount\n\"a\"x,b,1\n", "line 2: text after a closing quote")]
    [InlineData("from,to,amount\na\"x,b,1\n", "line 2: a quote inside")]
    [InlineData("from,to,amount\na,b,1\rc,d,1\n", "line 2: a carriage return")]
    [InlineData("from,to,amount,reference\n\"a\n\nb\",b,1,\na,b,x,\n", "line 5: amount 'x'")]
    [InlineData("from,to\na,b\n", "line 1: the header must name")]
    [InlineData("from,to,amount,from\na,b,1,c\n", "line 1: the header must name")]
    [InlineData("from,to,amount\n", "no payments in it")]
    [InlineData("", "no payments in it")]
    public void Parse_BadLine_NamesItAndImportsNothing(string text, string expected)
    {
        var failure = Assert.Throws<CommandFailedException>(() => Parse(text));

        Assert.Equal(ExitCode.BadInput, failure.ExitCode);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("f.csv: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_NotUtf8_NamesTheLine()
    {
        byte[] bytes = [.. "from,to,amount\na,b,1\na,"u8, 0xE9, .. ",1\n"u8];

        var failure = Assert.Throws<CommandFailedException>(() => PaymentFile.Parse(bytes, decimals: 2, "f.csv"));

        Assert.Contains("line 3: not UTF-8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_ManyBadLines_ShowsTheFirstTen()
    {
        string text = "from,to,amount\n" + string.Concat(Enumerable.Repeat("a,b,x\n", 50));

        var failure = Assert.Throws<CommandFailedException>(() => Parse(text));

        Assert.Contains("line 11:", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("line 12:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AnyBytes_IsEitherReadOrRefusedAsBadInput()
    {
        var random = new Random(20_260);
        byte[] alphabet = [.. "ab,,\"\r\n\n1.\u00e9"u8];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] body = new byte[random.Next(40)];
            for (int i = 0; i < body.Length; i++)
            {
                body[i] = alphabet[random.Next(alphabet.Length)];
            }

            Exception? thrown = Record.Exception(() => PaymentFile.Parse([.. "from,to,amount\n"u8, .. body], decimals: 2, "f.csv"));

            Assert.True(thrown is null or CommandFailedException { ExitCode: ExitCode.BadInput }, $"{Convert.ToHexString(body)}: {thrown}");
        }
    }

    private static PaymentFile Parse(string text) => PaymentFile.Parse(Encoding.UTF8.GetBytes(text), decimals: 2, "f.csv");
}
