using System.Globalization;
using System.Threading.Channels;
using Undercroft.Redis.Client;

namespace Undercroft.Redis.Writing;

/// <summary>Sends commits that replicas, or the log, must have before they are acknowledged, over a connection of its
/// own: those that come while one group waits share the next wait.</summary>
internal sealed class WaitLane : IAsyncDisposable
{
    private const int GroupMax = 256;
    private const int QueueMax = 4096;

    private readonly IRedisClient client;
    private readonly CommitCall call;
    private readonly int replicas;
    private readonly Durability? logFrom;
    private readonly TimeSpan timeout;
    private readonly string location;
    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueMax) { SingleReader = true });

    private readonly Task working;

    /// <summary>Starts the lane, which owns the client from here on.</summary>
    /// <param name="client">The connection to wait on.</param>
    /// <param name="call">Writes and reads calls of the commit function.</param>
    /// <param name="options">How many replicas, and how long.</param>
    /// <param name="logFrom">The lowest level for which the server's log is waited for; null where it is not.</param>
    /// <param name="location">The store, for messages.</param>
    public WaitLane(
        IRedisClient client, CommitCall call, RedisStoreOptions options, Durability? logFrom, string location)
    {
        this.client = client;
        this.call = call;
        replicas = options.Replicas;
        this.logFrom = logFrom;
        timeout = options.AcknowledgeTimeout;
        this.location = location;
        working = WorkAsync();
    }

    /// <summary>Whether a commit must wait: for the log where its level needs that, and for replicas where it asks for
    /// no less than the store's own level.</summary>
    /// <param name="level">The commit's level.</param>
    /// <param name="standard">The store's default level.</param>
    /// <param name="logFrom">The lowest level for which the log is waited for; null where it is not.</param>
    /// <param name="replicas">How many replicas must have a commit.</param>
    public static bool MustWait(Durability level, Durability standard, Durability? logFrom, int replicas) =>
        level >= logFrom || (replicas > 0 && level >= standard);

    /// <summary>Whether a commit of a level must go this way.</summary>
    /// <param name="level">The commit's level.</param>
    /// <param name="standard">The store's default level.</param>
    public bool Takes(Durability level, Durability standard) => MustWait(level, standard, logFrom, replicas);

    /// <summary>Sends a commit and waits for its answer, and for those who must have it.</summary>
    public async ValueTask<CommitResult> SendAsync(CommitAttempt attempt, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(attempt, new TaskCompletionSource<CommitResult>(
            TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await queue.Writer.WriteAsync(waiting, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(RedisStore));
        }

        return await waiting.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the commits that wait end, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _ = queue.Writer.TryComplete();
        await working.ConfigureAwait(false);
        await client.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        var group = new List<Waiting>(GroupMax);
        while (await queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (group.Count < GroupMax && queue.Reader.TryRead(out var waiting))
            {
                group.Add(waiting);
            }

            try
            {
                await SendAsync(group).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                // Each of them decides for himself whether to try again.
                foreach (var waiting in group)
                {
                    _ = waiting.Done.TrySetException(error);
                }
            }
        }
    }

    private async Task SendAsync(List<Waiting> group)
    {
        var command = client.Create("FCALL"u8);
        for (var i = 0; i < group.Count; i++)
        {
            call.Write(i == 0 ? command : command.Next("FCALL"u8), group[i].Attempt);
        }

        var limit = (long)timeout.TotalMilliseconds;
        if (logFrom is not null)
        {
            _ = command.Next("WAITAOF"u8).Add(1).Add(replicas).Add(limit);
        }
        else
        {
            _ = command.Next("WAIT"u8).Add(replicas).Add(limit);
        }

        using var reply = await client.SendAsync(command.Patient(timeout)).ConfigureAwait(false);
        var answers = reply.ToArray();
        var shortfall = Shortfall(answers[^1]);
        for (var i = 0; i < group.Count; i++)
        {
            Complete(group[i], answers[i], shortfall);
        }
    }

    private void Complete(Waiting waiting, RedisReply answer, StoreException? shortfall)
    {
        try
        {
            if (answer.IsError)
            {
                throw ServerErrors.Of(answer.Text, default, "FCALL", secret: null);
            }

            var result = call.Read(answer, waiting.Attempt);
            _ = result.IsCommitted && shortfall is not null
                ? waiting.Done.TrySetException(shortfall)
                : waiting.Done.TrySetResult(result);
        }
        catch (Exception error)
        {
            _ = waiting.Done.TrySetException(error);
        }
    }

    // Null where all who must have the group have it.
    private StoreException? Shortfall(RedisReply answer)
    {
        if (answer.IsError)
        {
            return RedisErrors.Refuse(
                StoreErrorKind.Unavailable, location, $"it could not wait for who must have a commit ({answer.Text})",
                "The commit has happened; whether others have it is unknown. Check the server and its replicas.");
        }

        var counts = logFrom is not null ? answer.ToArray() : [answer];
        var log = logFrom is not null ? counts[0].Int64 : 1;
        var copies = counts[^1].Int64;
        return log >= 1 && copies >= replicas ? null : RedisErrors.Refuse(
            StoreErrorKind.Unavailable, location,
            string.Create(
                CultureInfo.InvariantCulture,
                $"a commit has happened, but within {timeout.TotalSeconds:0.#} s only {copies} of {replicas} " +
                $"replicas {(log >= 1 ? "" : "and not the server's own log ")}confirmed it"),
            "Check the replicas; a repetition with the same identity waits for them again.", isTransient: true);
    }

    private sealed record Waiting(CommitAttempt Attempt, TaskCompletionSource<CommitResult> Done);
}
