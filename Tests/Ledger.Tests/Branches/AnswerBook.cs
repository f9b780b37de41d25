using LeitherCluster.Ledger.Branches;

namespace LeitherCluster.Tests.Ledger.Branches;

/// <summary>Every answer given, by who waited. Nobody is answered twice.</summary>
internal sealed class AnswerBook : IAnswerSink
{
    private readonly Dictionary<Waiter, TransferAnswer> _answers = [];

    public int Count => _answers.Count;

    /// <summary>How many answers nobody waited for.</summary>
    public int ToNobody { get; private set; }

    public TransferAnswer this[int slice, int frame = 0] => _answers[new Waiter(slice, frame)];

    public void Answer(Waiter waiter, in TransferAnswer answer)
    {
        if (waiter == Waiter.Nobody)
        {
            ToNobody++;
        }
        else
        {
            _answers.Add(waiter, answer);
        }
    }

    public bool Has(int slice, int frame = 0) => _answers.ContainsKey(new Waiter(slice, frame));

    public void Clear() => _answers.Clear();
}
