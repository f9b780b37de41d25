using System.Diagnostics;
using LeitherCluster.LoadTests.Benchmarks.Trees;
using Npgsql;
using NpgsqlTypes;

namespace LeitherCluster.LoadTests.Benchmarks.Peers;

/// <summary>
/// What somebody builds who keeps accounts in PostgreSQL: accounts whose balance may not fall below zero, transfers, and two entries for each. The sums are
/// kept right by the server; there are no signatures, no proofs and no history of states.
/// </summary>
internal sealed class PlainLedger(string connectionString, int accounts)
{
    private const long StartBalance = 1_000_000_000;

    // The functions lock accounts in the order of their ids, so that no two calls wait for each other.
    private const string Schema = """
        CREATE TABLE accounts (id integer PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0)) WITH (fillfactor = 50);
        CREATE TABLE transfers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), payer integer NOT NULL, payee integer NOT NULL, amount bigint NOT NULL CHECK (amount > 0));
        CREATE TABLE entries (transfer bigint NOT NULL, account integer NOT NULL, amount bigint NOT NULL);
        CREATE FUNCTION pay(who integer, whom integer, much bigint) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE number bigint;
        BEGIN
            PERFORM 1 FROM accounts WHERE id IN (who, whom) ORDER BY id FOR UPDATE;
            UPDATE accounts SET balance = balance - much WHERE id = who;
            UPDATE accounts SET balance = balance + much WHERE id = whom;
            INSERT INTO transfers (payer, payee, amount) VALUES (who, whom, much) RETURNING id INTO number;
            INSERT INTO entries VALUES (number, who, -much), (number, whom, much);
        END $$;
        CREATE FUNCTION pay_all(who integer[], whom integer[], much bigint[]) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM accounts WHERE id = ANY (who || whom) ORDER BY id FOR UPDATE;
            WITH paid AS (
                INSERT INTO transfers (payer, payee, amount) SELECT * FROM unnest(who, whom, much) RETURNING id, payer, payee, amount
            ), sides AS (
                SELECT id, payer AS account, -amount AS amount FROM paid UNION ALL SELECT id, payee, amount FROM paid
            ), entered AS (
                INSERT INTO entries SELECT id, account, amount FROM sides
            )
            UPDATE accounts a SET balance = a.balance + change.amount
            FROM (SELECT account, sum(amount)::bigint AS amount FROM sides GROUP BY account) change WHERE a.id = change.account;
        END $$;
        """;

    /// <summary>Makes the tables and the accounts.</summary>
    public void Create()
    {
        using NpgsqlConnection connection = Connect();
        Execute(connection, Schema);
        Execute(connection, FormattableString.Invariant($"INSERT INTO accounts SELECT number, {StartBalance} FROM generate_series(0, {accounts - 1}) number; ANALYZE; CHECKPOINT"));
    }

    /// <summary>Transfers a second with a transaction each, over so many connections.</summary>
    public double PayOneByOne(int connections, TimeSpan during) => Measure(connections, during, Prepared);

    /// <summary>Transfers a second with so many in a call and a transaction.</summary>
    public double PayInBatches(int connections, int batch, TimeSpan during) => Measure(connections, during, connection => Batched(connection, batch));

    /// <summary>Whether the balances add up to what they were, and every transfer has its entries.</summary>
    public bool AddsUp()
    {
        using NpgsqlConnection connection = Connect();
        using var command = new NpgsqlCommand(
            "SELECT (SELECT sum(balance) FROM accounts), (SELECT coalesce(sum(amount), 0) FROM entries), (SELECT count(*) FROM entries), (SELECT count(*) FROM transfers)",
            connection)
        {
            CommandTimeout = 0,
        };
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        return reader.GetDecimal(0) == (decimal)StartBalance * accounts && reader.GetDecimal(1) == 0 && reader.GetInt64(2) == 2 * reader.GetInt64(3);
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Constant texts of this class.
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    // Every connection has a thread and a call of its own; a call gives how many it paid.
    private double Measure(int connections, TimeSpan during, Func<NpgsqlConnection, (NpgsqlCommand Command, Func<SplitMixBox, int> Pay)> prepare)
    {
        long paid = 0;
        long end = Stopwatch.GetTimestamp() + (long)(during.TotalSeconds * Stopwatch.Frequency);
        long start = Stopwatch.GetTimestamp();
        Parallel.For(0, connections, new ParallelOptions { MaxDegreeOfParallelism = connections }, number =>
        {
            using NpgsqlConnection connection = Connect();
            (NpgsqlCommand command, Func<SplitMixBox, int> pay) = prepare(connection);
            using (command)
            {
                var random = new SplitMixBox((ulong)number);
                while (Stopwatch.GetTimestamp() < end)
                {
                    Interlocked.Add(ref paid, pay(random));
                }
            }
        });
        return paid / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private (NpgsqlCommand Command, Func<SplitMixBox, int> Pay) Prepared(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand("SELECT pay($1, $2, $3)", connection);
        var who = new NpgsqlParameter<int>();
        var whom = new NpgsqlParameter<int>();
        command.Parameters.Add(who);
        command.Parameters.Add(whom);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 1 });
        command.Prepare();
        return (command, random =>
        {
            who.TypedValue = random.Below(accounts);
            whom.TypedValue = random.Below(accounts);
            command.ExecuteNonQuery();
            return 1;
        });
    }

    private (NpgsqlCommand Command, Func<SplitMixBox, int> Pay) Batched(NpgsqlConnection connection, int batch)
    {
        var command = new NpgsqlCommand("SELECT pay_all($1, $2, $3)", connection) { CommandTimeout = 0 };
        int[] who = new int[batch];
        int[] whom = new int[batch];
        long[] much = [.. Enumerable.Repeat(1L, batch)];
        command.Parameters.Add(new NpgsqlParameter { Value = who, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = whom, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = much, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Prepare();
        return (command, random =>
        {
            for (int i = 0; i < batch; i++)
            {
                who[i] = random.Below(accounts);
                whom[i] = random.Below(accounts);
            }

            command.ExecuteNonQuery();
            return batch;
        });
    }

    private NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        return connection;
    }

    private sealed class SplitMixBox(ulong seed)
    {
        private SplitMix _random = new(seed);

        public int Below(int end) => (int)_random.Below(end);
    }
}
