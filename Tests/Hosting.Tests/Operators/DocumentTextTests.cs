using LeitherCluster.Hosting.Operators;
using LeitherCluster.Hosting.Operators.Contracts;

namespace LeitherCluster.Tests.Hosting.Operators;

public sealed class DocumentTextTests
{
    [Fact]
    public void Write_FactsAndTable_StandUnderEachOther()
    {
        var document = new OperatorDocument("name", "count", "text");
        document.Facts["cluster"] = "c";
        document.Facts["leader"] = null;
        document.Add("n1", 5, "a");
        document.Add("n22", 1_000, null);

        Assert.Equal("cluster  c\nleader\n\nname  count  text\nn1        5  a\nn22    1000\n", TextOf(document));
    }

    [Fact]
    public void Write_NarrowTerminal_CutsLongTextsButNotTheLast()
    {
        var document = new OperatorDocument("actor", "n", "text");
        document.Add(new string('a', 30), 7, new string('b', 12));

        string row = TextOf(document, 40).Split('\n')[1];

        Assert.Equal($"{new string('a', 22)}…  7  {new string('b', 12)}", row);
    }

    [Fact]
    public void Write_TextThatWouldMoveTheCursor_IsMadeHarmless()
    {
        var document = new OperatorDocument("text");
        document.Add("a\u001b[2Jb\nc");

        Assert.Equal("text\na [2Jb c\n", TextOf(document));
    }

    [Fact]
    public void ToPlainJson_Table_IsARowAnObject()
    {
        var document = new OperatorDocument("name", "up");
        document.Facts["cluster"] = "c";
        document.Add("n1", true);

        Assert.Equal("""{"cluster":"c","rows":[{"name":"n1","up":true}]}""", document.ToPlainJson().ToJsonString());
    }

    [Fact]
    public void Add_RowOfAnotherWidth_Throws() => Assert.Throws<ArgumentException>(() => new OperatorDocument("a", "b").Add("x"));

    private static string TextOf(OperatorDocument document, int columnsMax = int.MaxValue)
    {
        using var output = new StringWriter { NewLine = "\n" };
        DocumentText.Write(output, document, columnsMax: columnsMax);
        return output.ToString();
    }
}
