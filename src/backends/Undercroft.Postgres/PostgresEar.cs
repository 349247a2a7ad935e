using Npgsql;
using Undercroft.Postgres.Connecting;

namespace Undercroft.Postgres;

/// <summary>Listens to the server for commits of other processes, on a connection of its own, and tells of ours: after
/// the commit, outside of any transaction, several with one word. It is a nudge and no more: who does not hear it looks
/// for himself.</summary>
internal sealed class PostgresEar(PostgresSource source, string channel, string name, Action<PostgresWord> heard)
    : IAsyncDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseOnStandby = TimeSpan.FromMinutes(1);

    private readonly string word = new PostgresWord(name).ToString();
    private readonly Lock gate = new();
    private Task listening = Task.CompletedTask;
    private Task telling = Task.CompletedTask;
    private bool isStarted;
    private bool isTelling;
    private int untold;

    /// <summary>Begins to listen, once.</summary>
    public void Start()
    {
        lock (gate)
        {
            if (!isStarted && !source.Closing.IsCancellationRequested)
            {
                isStarted = true;
                listening = ListenAsync();
            }
        }
    }

    /// <summary>Tells the others of a commit. It returns at once; commits made meanwhile are told with the next word.
    /// </summary>
    public void Tell()
    {
        if (Interlocked.Exchange(ref untold, 1) != 0)
        {
            return;
        }

        lock (gate)
        {
            if (!isTelling && !source.Closing.IsCancellationRequested)
            {
                isTelling = true;
                telling = TellAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await source.CloseAsync().ConfigureAwait(false);
        await listening.ConfigureAwait(false);
        await telling.ConfigureAwait(false);
    }

    private async Task TellAsync()
    {
        try
        {
            // Whatever is committed until the word goes out is told by it.
            await Task.Yield();
            while (HasToTell())
            {
                var connection = await source.OpenAsync(source.Closing).ConfigureAwait(false);
                await using var owned = connection.ConfigureAwait(false);
                var command = connection.CreateCommand();
                await using var ownedCommand = command.ConfigureAwait(false);
                command.CommandText = "SELECT pg_notify($1, $2)";
                _ = command.Parameters.Add(Parameter.Of(channel));
                _ = command.Parameters.Add(Parameter.Of(word));
                Volatile.Write(ref untold, 0);
                _ = await command.ExecuteNonQueryAsync(source.Closing).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (IsExpected(error))
        {
            lock (gate)
            {
                (untold, isTelling) = (0, false);
            }
        }
    }

    // The end of the telling and the look before it are one step: what is committed later begins it anew.
    private bool HasToTell()
    {
        lock (gate)
        {
            isTelling = Volatile.Read(ref untold) != 0;
            return isTelling;
        }
    }

    private async Task ListenAsync()
    {
        while (!source.Closing.IsCancellationRequested)
        {
            try
            {
                var connection = await source.OpenAsync(source.Closing).ConfigureAwait(false);
                await using var owned = connection.ConfigureAwait(false);
                connection.Notification += (_, one) => Hear(one.Payload);
                var command = connection.CreateCommand();
                await using var ownedCommand = command.ConfigureAwait(false);
                command.CommandText = $"LISTEN \"{channel}\"";
                _ = await command.ExecuteNonQueryAsync(source.Closing).ConfigureAwait(false);

                // What came while nobody listened.
                heard(PostgresWord.Anything);
                try
                {
                    while (true)
                    {
                        await connection.WaitAsync(source.Closing).ConfigureAwait(false);
                    }
                }
                finally
                {
                    await ForgetAsync(connection).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (IsExpected(error))
            {
                if (source.Closing.IsCancellationRequested)
                {
                    return;
                }

                // A standby has no words; it may become a server that has.
                var isStandby = error is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction };
                await PauseAsync(isStandby ? PauseOnStandby : PauseAfterFailure).ConfigureAwait(false);
            }
        }
    }

    // What this store has committed itself it knows.
    private void Hear(string text)
    {
        var one = PostgresWord.Parse(text);
        if (one.From != name)
        {
            heard(one);
        }
    }

    private async ValueTask PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, TimeProvider.System, source.Closing).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The store is closing.
        }
    }

    // The connection goes back to the others: it must not go on listening.
    private static async ValueTask ForgetAsync(NpgsqlConnection connection)
    {
        try
        {
            if (connection.FullState == System.Data.ConnectionState.Open)
            {
                var command = connection.CreateCommand();
                await using var owned = command.ConfigureAwait(false);
                command.CommandText = "UNLISTEN *";
                _ = await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (IsExpected(error))
        {
            // It is broken, and so is not used again.
        }
    }

    private static bool IsExpected(Exception error) => error is NpgsqlException or TimeoutException or IOException or
        System.Net.Sockets.SocketException or OperationCanceledException or ObjectDisposedException or
        InvalidOperationException;
}
