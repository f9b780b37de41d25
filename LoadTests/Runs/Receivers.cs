using LeitherCluster.Ledger.Values;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using LeitherCluster.LoadTests.Scenarios;

namespace LeitherCluster.LoadTests.Runs;

/// <summary>Draws whom a sender pays.</summary>
internal abstract class Receivers
{
    /// <summary>Those of a scenario.</summary>
    /// <param name="branchBits">bits of an id that say its branch</param>
    public static Receivers Of(Scenario scenario, AccountId[] parties, int branchBits) => scenario.Receivers switch
    {
        ReceiverPattern.Uniform => new UniformReceivers(parties.Length),
        ReceiverPattern.HotAccount => new HotReceiver(),
        ReceiverPattern.Zipf => new ZipfReceivers(parties.Length, scenario.Skew),
        ReceiverPattern.Local => new BranchReceivers(parties, branchBits, isSame: true),
        ReceiverPattern.CrossBranch => new BranchReceivers(parties, branchBits, isSame: false),
        _ => throw new InvalidOperationException($"{scenario.Receivers} is no pattern that is known"),
    };

    /// <summary>The number of the party that is paid.</summary>
    public abstract int Next(int sender, ref SplitMix random);

    private sealed class UniformReceivers(int count) : Receivers
    {
        public override int Next(int sender, ref SplitMix random) => (int)random.Below(count);
    }

    private sealed class HotReceiver : Receivers
    {
        public override int Next(int sender, ref SplitMix random) => 0;
    }

    /// <summary>
    /// By rejection-inversion (Hörmann and Derflinger 1996): draws under the integral of x^-s and keeps what lies under the steps, at least four of five.
    /// </summary>
    private sealed class ZipfReceivers : Receivers
    {
        private readonly double _skew;
        private readonly double _low;
        private readonly double _high;
        private readonly double _slack;
        private readonly int _count;

        public ZipfReceivers(int count, double skew)
        {
            _count = count;
            _skew = skew;
            _low = Integral(1.5) - 1;
            _high = Integral(count + 0.5);
            _slack = 2 - InverseIntegral(Integral(2.5) - Height(2));
        }

        public override int Next(int sender, ref SplitMix random)
        {
            while (true)
            {
                double under = _high + (random.Next() * (1.0 / ulong.MaxValue) * (_low - _high));
                double at = InverseIntegral(under);
                int rank = Math.Clamp((int)(at + 0.5), 1, _count);
                if (rank - at <= _slack || under >= Integral(rank + 0.5) - Height(rank))
                {
                    return rank - 1;
                }
            }
        }

        private double Height(double at) => Math.Exp(-_skew * Math.Log(at));

        private double Integral(double at)
        {
            double log = Math.Log(at);
            return PartOfIntegral((1 - _skew) * log) * log;
        }

        private double InverseIntegral(double area)
        {
            double scaled = Math.Max(-1, area * (1 - _skew));
            return Math.Exp(PartOfInverse(scaled) * area);
        }

        // (e^x - 1) / x, also near 0.
        private static double PartOfIntegral(double x) => Math.Abs(x) > 1e-8 ? (Math.Exp(x) - 1) / x : 1 + (x / 2);

        // log(1 + x) / x, also near 0.
        private static double PartOfInverse(double x) => Math.Abs(x) > 1e-8 ? Math.Log(1 + x) / x : 1 - (x / 2);
    }

    private sealed class BranchReceivers : Receivers
    {
        private readonly AccountId[] _parties;
        private readonly int _branchBits;
        private readonly bool _isSame;
        private readonly int[][] _ofBranch;

        public BranchReceivers(AccountId[] parties, int branchBits, bool isSame)
        {
            _parties = parties;
            _branchBits = branchBits;
            _isSame = isSame;
            _ofBranch = [.. Enumerable.Range(0, 1 << branchBits).Select(_ => Array.Empty<int>())];
            foreach (IGrouping<uint, int> branch in Enumerable.Range(0, parties.Length).GroupBy(BranchOf))
            {
                _ofBranch[branch.Key] = [.. branch];
            }

            if (!isSame && _ofBranch.Count(branch => branch.Length != 0) < 2)
            {
                throw new ScenarioException("cross-branch needs parties in more than one branch: have more parties.");
            }
        }

        public override int Next(int sender, ref SplitMix random)
        {
            uint own = BranchOf(sender);
            if (_isSame)
            {
                return _ofBranch[own][random.Below(_ofBranch[own].Length)];
            }

            int receiver;
            do
            {
                receiver = (int)random.Below(_parties.Length);
            }
            while (BranchOf(receiver) == own);
            return receiver;
        }

        private uint BranchOf(int party) => _parties[party].Prefix(_branchBits);
    }
}
